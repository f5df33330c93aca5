import { redirect } from '@sveltejs/kit';

import { base } from '#lib/shell/base.ts';

import type { PageLoad } from './$types';

// The address that older Prefect versions wrote into messages.
export const load: PageLoad = ({ params }) => redirect(308, `${base}/runs/flow-run/${params.id}`);
