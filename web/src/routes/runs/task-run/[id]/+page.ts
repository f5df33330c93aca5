import { TaskRunAddressDocument } from '@prefect-server/client-gen/web';
import { error, redirect } from '@sveltejs/kit';

import { read } from '#lib/graphql/read.ts';
import { base } from '#lib/shell/base.ts';

import type { PageLoad } from './$types';

// The address of a task run in Prefect's messages. Here it is a part of its flow run's page.
export const load: PageLoad = async ({ params: { id } }) => {
  const { data } = await read({ operation: TaskRunAddressDocument, variables: { id } });
  const flowRun = data?.taskRun?.flowRun;
  if (!flowRun) error(404, 'There is no such task run.');
  redirect(307, `${base}/runs/flow-run/${flowRun.id}?tab=logs&task=${id}`);
};
