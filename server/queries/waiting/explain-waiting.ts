import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { type FlowRunViewRow, readFlowRunView } from '#server/db/sql/read-run-view.ts';
import { type Surroundings, readSurroundings } from '#server/db/sql/waiting-statements.ts';
import { notFound } from '#server/errors.ts';
import { isJsonObject } from '#server/json.ts';
import { detailInstant } from '#server/orchestration/state-details.ts';
import { type Micros, addSeconds, micros, nowMicros } from '#server/time.ts';

import { silenceReasons } from './life-reasons.ts';
import { limitReasons } from './limit-reasons.ts';
import { deliveryReasons, pauseReasons, placeReasons, workerReasons } from './line-reasons.ts';
import { type WaitingReason, type WaitingSubject, reason, when } from './reason.ts';
import {
  type QueuedRun,
  deploymentSlotReasons,
  queueSlotReasons,
  tagSlotReasons,
} from './slot-reasons.ts';

interface Moment {
  readonly run: FlowRunViewRow;
  readonly around: Surroundings;
  readonly now: Micros;
}

const dueOf = ({ run }: Moment): Micros | null => {
  const due = run.nextScheduledStartTime ?? run.expectedStartTime;
  return due === null ? null : micros(due);
};

const isDue = (moment: Moment): boolean => (dueOf(moment) ?? moment.now) <= moment.now;

const timeReasons = (moment: Moment): readonly WaitingReason[] => {
  if (isDue(moment)) return [];
  const until = dueOf(moment);
  switch (moment.run.stateName) {
    case 'AwaitingRetry':
      return [reason('RETRY_DELAY', 'It failed and is tried again after a delay.', { until })];
    case 'AwaitingConcurrencySlot': {
      const message = 'Its deployment had no free slot; it asks again after a while.';
      return [reason('AWAITING_CONCURRENCY_SLOT', message, { until })];
    }
    default:
      return [reason('NOT_DUE', 'Its scheduled time has not come yet.', { until })];
  }
};

const queuedRunOf = ({ run }: Moment): QueuedRun | null =>
  run.workPoolId === null || run.workQueueId === null
    ? null
    : {
        pool: { type: 'work-pool', id: run.workPoolId, name: run.workPoolName ?? '' },
        queue: { type: 'work-queue', id: run.workQueueId, name: run.queueName ?? '' },
      };

const deploymentOf = ({ run, around }: Moment): WaitingSubject | null =>
  run.deploymentId === null || around.deploymentName === null
    ? null
    : { type: 'deployment', id: run.deploymentId, name: around.deploymentName };

const isRetriedInProcess = ({ run }: Moment): boolean =>
  isJsonObject(run.empiricalPolicy) && run.empiricalPolicy['retry_type'] === 'in_process';

/** Who should take the run, and what keeps them from it. */
function* takerReasons(ctx: Context, moment: Moment): Script<readonly WaitingReason[]> {
  const { around, now } = moment;
  if (isRetriedInProcess(moment)) return [];
  const queued = queuedRunOf(moment);
  const deployment = deploymentOf(moment);
  if (queued === null) return unpooledReasons(ctx, moment, deployment);
  const workers = yield* workerReasons(ctx, { ...queued, poolType: around.poolType }, now);
  const before = [...pauseReasons(queued, around), ...workers];
  return isDue(moment) ? [...before, ...(yield* queueSlotReasons(queued, around))] : before;
}

const unpooledReasons = (
  ctx: Context,
  { around, now }: Moment,
  deployment: WaitingSubject | null,
): readonly WaitingReason[] => {
  if (deployment === null) {
    const message =
      'It has no deployment and no work pool: only the process that made it starts it.';
    return [reason('NO_POOL', message)];
  }
  const seconds = ctx.settings.services.foreman.deploymentLastPolledTimeoutSeconds;
  const lastSeen = around.deploymentLastPolled;
  const isPolled = lastSeen !== null && addSeconds(micros(lastSeen), seconds) >= now;
  const message = `Deployment "${deployment.name}" has no work pool, and no process that serves it is asking for runs.`;
  return when(!isPolled, () => reason('NOT_POLLED', message, { subject: deployment, lastSeen }));
};

function* placeInLine(moment: Moment): Script<readonly WaitingReason[]> {
  const queued = queuedRunOf(moment);
  const due = dueOf(moment);
  if (queued === null || due === null || !isDue(moment) || isRetriedInProcess(moment)) return [];
  return yield* placeReasons({ ...queued, due }, moment.around, moment.now);
}

function* scheduledReasons(ctx: Context, moment: Moment): Script<readonly WaitingReason[]> {
  const { run, around, now } = moment;
  const deployment = deploymentOf(moment);
  const asksForSlot = isDue(moment) || run.stateName === 'AwaitingConcurrencySlot';
  const since = run.expectedStartTime === null ? null : micros(run.expectedStartTime);
  return [
    ...timeReasons(moment),
    ...(yield* takerReasons(ctx, moment)),
    ...(deployment !== null && asksForSlot
      ? yield* deploymentSlotReasons(deployment, around.concurrencyLimitId, now)
      : []),
    ...(yield* deliveryReasons(run.id, now)),
    ...(yield* placeInLine(moment)),
    ...when(run.stateName === 'Late', () =>
      reason('LATE', 'It should have started already.', { since }),
    ),
  ];
}

const pausedReason = ({ run }: Moment): WaitingReason => {
  const details = run.currentStateDetails ?? {};
  const until = detailInstant({ details }, 'pause_timeout');
  const inputKeyset = details['run_input_keyset'];
  const since = run.stateTimestamp === null ? null : micros(run.stateTimestamp);
  const state = run.stateName === 'Suspended' ? 'suspended' : 'paused';
  if (!isJsonObject(inputKeyset))
    return reason('PAUSED', `It is ${state} until somebody resumes it.`, { since, until });
  const message = `It is ${state} until somebody resumes it with input.`;
  return reason('WAITING_FOR_INPUT', message, { since, until, inputKeyset });
};

/** What is being stopped is taken for stopped after a while, whoever was to confirm it. */
const cancellingReason = ({ settings }: Context, since: Micros | null): WaitingReason => {
  const { enabled, cancellingTimeoutSeconds } = settings.services.cancellationCleanup;
  const until = enabled && since !== null ? addSeconds(since, cancellingTimeoutSeconds) : null;
  const message =
    until === null
      ? 'It was asked to stop and has not confirmed it yet.'
      : 'It was asked to stop and has not confirmed it yet; unless it does it is cancelled in the end.';
  return reason('CANCELLING', message, { since, until });
};

/** What was taken is started by whoever took it, who may be gone. */
function* startingReason(
  ctx: Context,
  moment: Moment,
  since: Micros | null,
): Script<WaitingReason> {
  const gone = (yield* takerReasons(ctx, moment)).find(({ kind }) => kind === 'NO_WORKER');
  if (gone === undefined)
    return reason('STARTING', 'It was taken; what it runs on is being started.', { since });
  const { subject, lastSeen } = gone;
  const message = `It was taken, and no worker of work pool "${subject?.name}" is online any more. Unless what it runs on starts by itself, set it Scheduled to have it taken again.`;
  return reason('STARTING', message, { since, subject, lastSeen });
}

function* reasonsOf(ctx: Context, moment: Moment): Script<readonly WaitingReason[]> {
  const { run, now } = moment;
  const since = run.stateTimestamp === null ? null : micros(run.stateTimestamp);
  switch (run.stateType) {
    case 'SCHEDULED':
      return yield* scheduledReasons(ctx, moment);
    case 'PENDING':
      return [yield* startingReason(ctx, moment, since)];
    case 'PAUSED':
      return [pausedReason(moment)];
    case 'CANCELLING':
      return [cancellingReason(ctx, since)];
    case 'RUNNING':
      return [
        ...(yield* silenceReasons(ctx, run, now)),
        ...(yield* limitReasons(run, now)),
        ...(yield* tagSlotReasons(run.id, now)),
      ];
    default:
      return [];
  }
}

/**
 * Why a flow run does not run, what matters most first. A run that has ended has no reasons; one that runs has only
 * the silence of its process and the full limits that it and its task runs wait for. NOT_FOUND for an unknown run.
 */
export const explainWaiting = (
  ctx: Context,
  flowRunId: string,
): Promise<readonly WaitingReason[]> =>
  ctx.db.read(function* () {
    const run = yield* one(readFlowRunView(flowRunId));
    const around = yield* one(readSurroundings(flowRunId));
    if (run === null || around === null) throw notFound('Flow run', flowRunId);
    return yield* reasonsOf(ctx, { run, around, now: nowMicros() });
  });
