import type { SetStateStatus } from '@prefect-server/client-gen/web';

import { toaster } from '#lib/ui/toaster.svelte.ts';

type Decision = {
  readonly status: SetStateStatus;
  readonly details: { readonly __typename?: string; readonly reason?: string | null };
};

/** Says what became of a change of state; answers whether it was taken, if perhaps in another form. */
export const reportDecision = ({ status, details }: Decision, done: string): boolean => {
  const isDone = status === 'ACCEPT' || status === 'REJECT';
  toaster.show(
    isDone
      ? { kind: 'success', text: done }
      : {
          kind: 'error',
          text: details.reason ?? 'The server did not accept the change of state.',
        },
  );
  return isDone;
};
