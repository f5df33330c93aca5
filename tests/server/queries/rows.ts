import { randomUUID } from 'node:crypto';

import type { Context } from '#server/context.ts';
import { run } from '#server/db/script.ts';
import { json } from '#server/json.ts';
import type { StateType } from '#server/orchestration/states.ts';
import { type Micros, micros } from '#server/time.ts';

/** The instant that the rows of these tests are counted from. */
export const T0 = micros(Date.parse('2026-01-01T00:00:00Z') * 1000);

/** An instant some seconds after `T0`. */
export const at = (seconds: number): Micros => micros(T0 + seconds * 1_000_000);

interface Named {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly created?: Micros;
}

export const insertFlow = async (ctx: Context, flow: Named = {}): Promise<string> => {
  const id = randomUUID();
  await ctx.db.write(() =>
    run(
      ctx.db.builder.insertInto('flow').values({
        id,
        created: flow.created ?? T0,
        updated: flow.created ?? T0,
        name: flow.name ?? `flow-${id}`,
        tags: json(flow.tags ?? []),
        labels: json({}),
      }),
    ),
  );
  return id;
};

export interface FlowRunRowInput extends Named {
  readonly flowId: string;
  readonly deploymentId?: string;
  readonly workQueueId?: string;
  readonly workQueueName?: string;
  readonly parentTaskRunId?: string;
  readonly idempotencyKey?: string;
  readonly createdBy?: { readonly id: string; readonly type: string };
  readonly state?: { readonly type: StateType; readonly name?: string; readonly at?: Micros };
  readonly expected?: Micros;
  readonly start?: Micros;
  readonly end?: Micros;
  readonly next?: Micros;
  readonly totalRunTime?: number;
  readonly id?: string;
}

export const insertFlowRun = async (ctx: Context, flowRun: FlowRunRowInput): Promise<string> => {
  const id = flowRun.id ?? randomUUID();
  const stateId = flowRun.state === undefined ? null : randomUUID();
  const stateAt = flowRun.state?.at ?? flowRun.start ?? flowRun.expected ?? T0;
  const stateName = flowRun.state?.name ?? flowRun.state?.type ?? null;
  await ctx.db.write(function* () {
    yield* run(
      ctx.db.builder.insertInto('flowRun').values({
        id,
        created: flowRun.created ?? T0,
        updated: flowRun.created ?? T0,
        name: flowRun.name ?? `run-${id}`,
        flowId: flowRun.flowId,
        deploymentId: flowRun.deploymentId ?? null,
        workQueueId: flowRun.workQueueId ?? null,
        workQueueName: flowRun.workQueueName ?? null,
        parameters: json({ x: 1 }),
        idempotencyKey: flowRun.idempotencyKey ?? null,
        context: json({}),
        empiricalPolicy: json({}),
        tags: json(flowRun.tags ?? []),
        createdBy: flowRun.createdBy === undefined ? null : json(flowRun.createdBy),
        parentTaskRunId: flowRun.parentTaskRunId ?? null,
        autoScheduled: false,
        stateId,
        stateType: flowRun.state?.type ?? null,
        stateName,
        stateTimestamp: stateId === null ? null : stateAt,
        runCount: 0,
        expectedStartTime: flowRun.expected ?? T0,
        nextScheduledStartTime: flowRun.next ?? null,
        startTime: flowRun.start ?? null,
        endTime: flowRun.end ?? null,
        totalRunTime: flowRun.totalRunTime ?? 0,
      }),
    );
    if (flowRun.state === undefined || stateId === null || stateName === null) return;
    yield* run(
      ctx.db.builder.insertInto('flowRunState').values({
        id: stateId,
        created: stateAt,
        updated: stateAt,
        flowRunId: id,
        type: flowRun.state.type,
        timestamp: stateAt,
        name: stateName,
        message: 'why',
        stateDetails: json({ flow_run_id: id }),
        data: json(null),
      }),
    );
  });
  return id;
};

export interface TaskRunRowInput extends Named {
  readonly flowRunId?: string;
  readonly state?: { readonly type: StateType; readonly name?: string; readonly at?: Micros };
  readonly expected?: Micros;
  readonly start?: Micros;
  readonly end?: Micros;
  readonly totalRunTime?: number;
}

export const insertTaskRun = async (ctx: Context, taskRun: TaskRunRowInput): Promise<string> => {
  const id = randomUUID();
  await ctx.db.write(() =>
    run(
      ctx.db.builder.insertInto('taskRun').values({
        id,
        created: T0,
        updated: T0,
        name: taskRun.name ?? `task-${id}`,
        flowRunId: taskRun.flowRunId ?? null,
        taskKey: 'task',
        dynamicKey: id,
        flowRunRunCount: 0,
        empiricalPolicy: json({}),
        taskInputs: json({}),
        tags: json(taskRun.tags ?? []),
        stateType: taskRun.state?.type ?? null,
        stateName: taskRun.state?.name ?? taskRun.state?.type ?? null,
        stateTimestamp: taskRun.state === undefined ? null : (taskRun.state.at ?? T0),
        runCount: 0,
        expectedStartTime: taskRun.expected ?? T0,
        startTime: taskRun.start ?? null,
        endTime: taskRun.end ?? null,
        totalRunTime: taskRun.totalRunTime ?? 0,
      }),
    ),
  );
  return id;
};

export const insertWorkPool = async (
  ctx: Context,
  { name, type = 'process' }: { readonly name: string; readonly type?: string },
): Promise<{ readonly poolId: string; readonly queueId: string }> => {
  const poolId = randomUUID();
  const queueId = randomUUID();
  await ctx.db.write(function* () {
    yield* run(
      ctx.db.builder.insertInto('workPool').values({
        id: poolId,
        created: T0,
        updated: T0,
        name,
        type,
        baseJobTemplate: json({}),
        isPaused: false,
        status: 'NOT_READY',
        storageConfiguration: json({}),
      }),
    );
    yield* run(
      ctx.db.builder.insertInto('workQueue').values({
        id: queueId,
        created: T0,
        updated: T0,
        name: 'default',
        description: '',
        isPaused: false,
        priority: 1,
        status: 'NOT_READY',
        workPoolId: poolId,
      }),
    );
  });
  return { poolId, queueId };
};

export interface DeploymentRowInput extends Named {
  readonly flowId: string;
  readonly workQueueId?: string;
  readonly concurrencyLimitId?: string;
  readonly isPaused?: boolean;
}

export const insertDeployment = async (
  ctx: Context,
  deployment: DeploymentRowInput,
): Promise<string> => {
  const id = randomUUID();
  await ctx.db.write(() =>
    run(
      ctx.db.builder.insertInto('deployment').values({
        id,
        created: deployment.created ?? T0,
        updated: deployment.created ?? T0,
        name: deployment.name ?? `deployment-${id}`,
        flowId: deployment.flowId,
        paused: deployment.isPaused ?? false,
        status: 'NOT_READY',
        workQueueId: deployment.workQueueId ?? null,
        concurrencyLimitId: deployment.concurrencyLimitId ?? null,
        jobVariables: json({}),
        parameters: json({}),
        enforceParameterSchema: true,
        tags: json(deployment.tags ?? []),
      }),
    ),
  );
  return id;
};

export const insertSchedule = async (
  ctx: Context,
  { deploymentId, updated }: { readonly deploymentId: string; readonly updated: Micros },
): Promise<string> => {
  const id = randomUUID();
  await ctx.db.write(() =>
    run(
      ctx.db.builder.insertInto('deploymentSchedule').values({
        id,
        created: T0,
        updated,
        deploymentId,
        schedule: json({ interval: 60 }),
        active: true,
        parameters: json({}),
      }),
    ),
  );
  return id;
};

export const insertLog = async (
  ctx: Context,
  log: {
    readonly message: string;
    readonly level?: number;
    readonly name?: string;
    readonly flowRunId?: string;
    readonly taskRunId?: string;
    readonly timestamp?: Micros;
  },
): Promise<void> => {
  await ctx.db.write(() =>
    run(
      ctx.db.builder.insertInto('log').values({
        created: T0,
        name: log.name ?? 'prefect.flow_runs',
        level: log.level ?? 20,
        flowRunId: log.flowRunId ?? null,
        taskRunId: log.taskRunId ?? null,
        message: log.message,
        timestamp: log.timestamp ?? T0,
      }),
    ),
  );
};
