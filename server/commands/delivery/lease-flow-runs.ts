import { markDeploymentsReady } from '#server/commands/deployment/mark-deployments-ready.ts';
import { type Polled, readPoll } from '#server/commands/work-pool/get-scheduled-flow-runs.ts';
import { recordWorkQueuePolls } from '#server/commands/work-queue/record-polls.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, rows, run as keep } from '#server/db/script.ts';
import { leaseFlowRunDelivery } from '#server/db/sql/delivery-statements.ts';
import { readDeploymentRuns } from '#server/db/sql/deployment-poll.ts';
import { readNextDue } from '#server/db/sql/next-due-run.ts';
import type { FlowRunViewRow } from '#server/db/sql/read-run-view.ts';
import { keepPoolSlots } from '#server/db/sql/work-pool-rows.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

import { type Lease, leaseOf, newLeaseToken } from './lease.ts';

/** Whose runs are handed out: those of a pool, of some of its queues, or of deployments. */
export type FlowRunSource =
  | { readonly workPoolName: string; readonly workQueueNames: readonly string[] }
  | { readonly deploymentIds: readonly string[] };

export interface FlowRunClaim {
  readonly source: FlowRunSource;
  readonly holder: string;
  readonly leaseSeconds: number;
  /** How long before a run is due it may be handed out. */
  readonly prefetchSeconds: number;
  readonly limit: number;
}

export interface LeasedFlowRun extends Lease {
  readonly flowRunId: string;
  readonly workPoolId: string | null;
  readonly workQueueId: string | null;
}

/** What waits, and what to listen to for more. */
interface Found {
  readonly runs: readonly Omit<LeasedFlowRun, keyof Lease>[];
  readonly polled: Polled | null;
}

const ofDeployment = (row: FlowRunViewRow): Found['runs'][number] => ({
  flowRunId: row.id,
  workPoolId: row.workPoolId,
  workQueueId: row.workQueueId,
});

function* findRuns(
  { source, limit, prefetchSeconds }: FlowRunClaim,
  isClaim: boolean,
): Script<Found> {
  const now = nowMicros();
  const before = addSeconds(now, prefetchSeconds);
  if ('deploymentIds' in source) {
    const ids = json(source.deploymentIds);
    const found = yield* rows(readDeploymentRuns(before, ids, now, now, 1, limit));
    return { runs: found.map(ofDeployment), polled: null };
  }
  const poll = { ...source, scheduledBefore: before, limit, isPushed: true, isClaim };
  const polled = yield* readPoll(poll);
  const runs = polled.runs.map(({ flowRun, workPoolId, workQueueId }) => ({
    flowRunId: flowRun.id,
    workPoolId,
    workQueueId,
  }));
  return { runs, polled };
}

const isLimited = ({ pool, queues }: Polled): boolean =>
  pool.concurrencyLimit !== null ||
  queues.some(({ concurrencyLimit }) => concurrencyLimit !== null);

function* leaseRuns(claim: FlowRunClaim, before: Polled | null): Script<readonly LeasedFlowRun[]> {
  // Where slots are counted, the count must hold until the leases are written.
  if (before !== null && isLimited(before)) yield* keep(keepPoolSlots(before.pool.id));
  const { runs } = yield* findRuns(claim, true);
  const leased: LeasedFlowRun[] = [];
  for (const run of runs) {
    const now = nowMicros();
    const ends = addSeconds(now, claim.leaseSeconds);
    const { flowRunId, workPoolId, workQueueId } = run;
    const row = yield* one(
      leaseFlowRunDelivery(
        newId(),
        now,
        now,
        workQueueId ?? '',
        flowRunId,
        now,
        claim.holder,
        newLeaseToken(),
        ends,
        json({}),
        now,
        now,
      ),
    );
    if (row !== null) leased.push({ ...leaseOf(row), flowRunId, workPoolId, workQueueId });
  }
  return leased;
}

export interface LeasedFlowRuns {
  readonly runs: readonly LeasedFlowRun[];
  /** The queues or deployments whose news may bring more. */
  readonly sources: readonly string[];
  /** The pool whose changes may bring more. */
  readonly workPoolId: string | null;
  /** When the next run comes within reach by itself, as far as that is known. */
  readonly nextAt: Micros | null;
}

/**
 * Hands out runs that should be started, as a poll would give them; nobody else gets them while the leases last.
 * NOT_FOUND for an unknown pool or queue.
 */
export const leaseFlowRuns = async (ctx: Context, claim: FlowRunClaim): Promise<LeasedFlowRuns> => {
  const found = await ctx.db.read(() => findRuns(claim, false));
  // Most looks find nothing, and those need no transaction.
  const runs =
    found.runs.length === 0 ? [] : await ctx.db.write(() => leaseRuns(claim, found.polled));
  const { source } = claim;
  if (found.polled === null) {
    const sources = 'deploymentIds' in source ? source.deploymentIds : [];
    return { runs, sources, workPoolId: null, nextAt: null };
  }
  const sources = found.polled.queues.map(({ id }) => id);
  const reach = addSeconds(nowMicros(), claim.prefetchSeconds);
  const next = await ctx.db.read(() => one(readNextDue(reach, json(sources))));
  const due = next?.due ?? null;
  const nextAt = due === null ? null : addSeconds(due, -claim.prefetchSeconds);
  return { runs, sources, workPoolId: found.polled.pool.id, nextAt };
};

/** Notes that somebody waits for runs, which makes queues and deployments ready as a poll does. */
export const noteFlowRunWaiter = async (ctx: Context, source: FlowRunSource): Promise<void> => {
  if ('deploymentIds' in source) {
    await markDeploymentsReady(ctx, { deploymentIds: source.deploymentIds });
    return;
  }
  const { pool, queues } = await ctx.db.read(() => readPoll({ ...source, limit: 0 }));
  await recordWorkQueuePolls(ctx, { pool, queues });
  await markDeploymentsReady(ctx, { workQueueIds: queues.map(({ id }) => id) });
};
