import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import type { JsonValue } from '#server/json.ts';
import type { ServiceProgress } from '#server/service-board.ts';
import { nowMicros, secondsBetween } from '#server/time.ts';

/** Where the leader writes down what its services do, for the other processes to read. */
export const SERVICE_PROGRESS_KEY = 'prefect-server.services';

/** A service counts as stopped when it is this many periods late, */
const STALLED_PERIODS = 3;
/** but not before this long: a machine under load is no failure. */
const STALLED_SECONDS = 300;

/** What a service does, as it is told to the world. */
export interface ServiceView extends ServiceProgress {
  /** How much later than its period the next tick is by now; 0 while it is on time. */
  readonly lagSeconds: number;
  /** Whether it has been late for so long that it has most likely stopped. */
  readonly isStalled: boolean;
  /** Whether its ticks are done in the process that answers. */
  readonly isHere: boolean;
}

const view = (progress: ServiceProgress, isHere: boolean): ServiceView => {
  const { lastTickAt, since, periodSeconds, isIdle } = progress;
  const heardOf = lastTickAt === null || lastTickAt < since ? since : lastTickAt;
  const silent = isIdle ? 0 : secondsBetween(heardOf, nowMicros());
  return {
    ...progress,
    lagSeconds: Math.max(0, silent - periodSeconds),
    isStalled: silent > Math.max(STALLED_SECONDS, STALLED_PERIODS * periodSeconds),
    isHere,
  };
};

// What is there was written by a leader of this server, in this form.
const asProgress = (value: JsonValue | undefined): readonly ServiceProgress[] =>
  Array.isArray(value) ? value : [];

/**
 * What the services do: those of this process, and in place of those that another process leads what that one wrote
 * down last.
 */
export const readServiceProgress = async (ctx: Context): Promise<readonly ServiceView[]> => {
  const { board } = ctx;
  const own = board.list();
  if (board.isLeader) return own.map((progress) => view(progress, true));
  const told = await ctx.db.read(() => one(readConfiguration(SERVICE_PROGRESS_KEY)));
  return [
    ...own.filter(({ scope }) => scope === 'process').map((progress) => view(progress, true)),
    ...asProgress(told?.value).map((progress) => view(progress, false)),
  ];
};
