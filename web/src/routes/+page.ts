import { redirect } from '@sveltejs/kit';

import { base } from '#lib/shell/base.ts';

export const load = () => redirect(307, `${base}/dashboard`);
