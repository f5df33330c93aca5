import type { Client } from './client.ts';
import type { FlowRunToDoFragment, StateInput } from './generated/graphql.ts';
import { type LogLevel, createLogWriter } from './log-writer.ts';

const MILLIS = 1000;

export interface Work {
  /** The run to do. */
  readonly run: FlowRunToDoFragment;
  /** Comes when the run is cancelled or was given another end: stop then. */
  readonly signal: AbortSignal;
  /** Writes a line to the log of the run. */
  readonly log: (message: string, level?: LogLevel) => void;
}

/** Does a run. What it returns becomes the run's end, `Completed` without; what it throws fails the run. */
export type Handle = (work: Work) => Promise<StateInput | void>;

interface Doing {
  readonly run: FlowRunToDoFragment;
  readonly workerName: string;
  readonly handle: Handle;
  readonly onError: (error: unknown) => void;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, MILLIS * seconds));

/** Proposes a state until the server no longer lets the run wait; whether it took it. */
export const propose = async (client: Client, id: string, state: StateInput): Promise<boolean> => {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked again after a wait
    const { status, details } = await client.setFlowRunState({ id, state });
    if (status !== 'WAIT') return status === 'ACCEPT';
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause('delaySeconds' in details ? details.delaySeconds : 1);
  }
};

/** Tells when somebody else ends the run; whether it is to be cancelled then is the answer of `isCancelled`. */
const watch = (client: Client, { run, onError }: Doing) => {
  const ended = new AbortController();
  const left = new AbortController();
  let isCancelled = false;
  const follow = async (): Promise<void> => {
    for await (const { state } of client.followFlowRun(run.id, { signal: left.signal })) {
      if (state?.type !== 'CANCELLING') continue;
      isCancelled = true;
      ended.abort();
    }
    // The stream ends by itself with the run, and with its removal.
    if (!left.signal.aborted) ended.abort();
  };
  follow().catch(onError);
  return { signal: ended.signal, leave: () => left.abort(), isCancelled: () => isCancelled };
};

/** Does a run that is `Pending`: through `Running` to its end. Rejects when the server could not be told. */
export const workOnRun = async (client: Client, doing: Doing): Promise<void> => {
  const { run, workerName, handle, onError } = doing;
  const writer = createLogWriter(client, { flowRunId: run.id, name: workerName, onError });
  if (!(await propose(client, run.id, { type: 'RUNNING' }))) return;
  const watched = watch(client, doing);
  const attempt = async (): Promise<StateInput> => {
    try {
      const end = await handle({ run, signal: watched.signal, log: writer.write });
      return end ?? { type: 'COMPLETED' };
    } catch (error) {
      writer.write(textOf(error), 'ERROR');
      return { type: 'FAILED', message: textOf(error) };
    }
  };
  const end = await attempt();
  watched.leave();
  await Promise.all([
    writer.flush(),
    propose(client, run.id, watched.isCancelled() ? { type: 'CANCELLED' } : end),
  ]);
};
