import {
  PauseWorkPoolDocument,
  PauseWorkQueueDocument,
  ResumeWorkPoolDocument,
  ResumeWorkQueueDocument,
} from '@prefect-server/client-gen/web';

import { mutate } from '#lib/graphql/mutate.ts';
import { toaster } from '#lib/ui/toaster.svelte.ts';

type Named = { readonly id: string; readonly name: string };

const report = (name: string, isPaused: boolean): void =>
  toaster.show({
    kind: 'success',
    text: isPaused
      ? `${name} is paused: workers get no runs from it.`
      : `${name} hands out runs again.`,
  });

/** Pauses or resumes a work pool and says so. */
export const setWorkPoolPaused = async (workPool: Named, isPaused: boolean): Promise<void> => {
  const variables = { input: { workPool: { id: workPool.id } } };
  const payload = isPaused
    ? await mutate({ operation: PauseWorkPoolDocument, variables })
    : await mutate({ operation: ResumeWorkPoolDocument, variables });
  if (payload) report(workPool.name, isPaused);
};

/** Pauses or resumes a work queue and says so. */
export const setWorkQueuePaused = async (workQueue: Named, isPaused: boolean): Promise<void> => {
  const variables = { input: { workQueue: { id: workQueue.id } } };
  const payload = isPaused
    ? await mutate({ operation: PauseWorkQueueDocument, variables })
    : await mutate({ operation: ResumeWorkQueueDocument, variables });
  if (payload) report(workQueue.name, isPaused);
};
