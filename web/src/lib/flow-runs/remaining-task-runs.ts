import { MoreTaskRunsDocument, type TaskRunRowFragment } from '@prefect-server/client-gen/web';

import { read } from '#lib/graphql/read.ts';

/** More bars than this say nothing to an eye; the list says how many there are. */
const mostPages = 10;

type From = { readonly id: string; readonly after: string | null };

/** Reads the task runs after the first page, one page after the other. */
export const readRemainingTaskRuns = async (
  { id, after }: From,
  onTaskRun: (taskRun: TaskRunRowFragment) => void,
  pagesLeft = mostPages,
): Promise<void> => {
  if (after === null || pagesLeft === 0) return;
  const { data } = await read({ operation: MoreTaskRunsDocument, variables: { id, after } });
  const taskRuns = data?.flowRun?.taskRuns;
  for (const taskRun of taskRuns?.nodes ?? []) onTaskRun(taskRun);
  const cursor = taskRuns?.pageInfo.hasNextPage === true ? taskRuns.pageInfo.endCursor : null;
  await readRemainingTaskRuns({ id, after: cursor }, onTaskRun, pagesLeft - 1);
};
