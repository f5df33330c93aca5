import type { GraphQLResolveInfo } from 'graphql';

import { type JsonObject, isJsonObject } from '#server/json.ts';
import type {
  State as StateValue,
  StateType as StateTypeName,
} from '#server/orchestration/states.ts';
import { type StateContent, readStateContents } from '#server/queries/state/read-state-contents.ts';
import { parseInstant } from '#server/time.ts';

import { builder } from '../builder.ts';
import type { GraphQLContext } from '../context.ts';
import { batched } from '../shared/batch.ts';
import { StateType } from '../shared/enums.ts';
import { ID, Node } from '../shared/interfaces.ts';

export type RunKind = 'flowRun' | 'taskRun';

/** A state; what is rarely asked for is read only when an operation wants it. */
export interface StateShape {
  readonly id: string;
  readonly type: StateTypeName;
  readonly name: string;
  readonly timestamp: number | bigint;
  readonly runKind: RunKind;
  readonly content: StateContent | null;
}

interface RunColumns {
  readonly stateId: string | null;
  readonly stateType: string | null;
  readonly stateName: string | null;
  readonly stateTimestamp: number | bigint | null;
}

/** The state that a run's own columns repeat, or null for a run that has none. */
export const stateOfRun = (runKind: RunKind, run: RunColumns): StateShape | null => {
  const { stateId: id, stateType: type, stateName: name, stateTimestamp: timestamp } = run;
  if (id === null || type === null || name === null || timestamp === null) return null;
  // The column holds nothing but state types.
  return { id, type: type as StateTypeName, name, timestamp, runKind, content: null };
};

/** The shape of a state that was read as a whole. */
export const toStateShape = (runKind: RunKind, state: StateValue): StateShape => ({
  id: state.id,
  type: state.type,
  name: state.name,
  timestamp: state.timestamp,
  runKind,
  content: {
    id: state.id,
    message: state.message,
    stateDetails: state.details,
    data: state.data,
  },
});

const contentOf = (
  ctx: GraphQLContext,
  info: GraphQLResolveInfo,
  state: StateShape,
): Promise<StateContent | null> | StateContent =>
  state.content ??
  // At the place of the state itself, so that all of its fields are read together.
  batched<string, StateContent | null>(
    ctx,
    { path: info.path.prev ?? info.path },
    {
      key: state.id,
      purpose: state.runKind,
      load: async (ids) => {
        const table = state.runKind === 'flowRun' ? 'flowRunState' : 'taskRunState';
        const contents = await readStateContents(ctx.server, table, [...new Set(ids)]);
        return ids.map((id) => contents.get(id) ?? null);
      },
    },
  );

const text = (details: JsonObject, key: string): string | null => {
  const value = details[key];
  return typeof value === 'string' ? value : null;
};

const flag = (details: JsonObject, key: string): boolean | null => {
  const value = details[key];
  return typeof value === 'boolean' ? value : null;
};

const instant = (details: JsonObject, key: string) => parseInstant(text(details, key) ?? '');

const StateDetails = builder.objectRef<JsonObject>('StateDetails').implement({
  description: 'What orchestration notes about a state.',
  fields: (t) => {
    const id = (key: string, description: string) =>
      t.id({ nullable: true, description, resolve: (details) => text(details, key) });
    const string = (key: string, description: string) =>
      t.string({ nullable: true, description, resolve: (details) => text(details, key) });
    const boolean = (key: string, description: string) =>
      t.boolean({ nullable: true, description, resolve: (details) => flag(details, key) });
    const time = (key: string, description: string) =>
      t.field({
        type: 'DateTime',
        nullable: true,
        description,
        resolve: (details) => instant(details, key),
      });
    return {
      flowRunId: id('flow_run_id', 'The flow run it belongs to.'),
      taskRunId: id('task_run_id', 'The task run it belongs to, or that stands for its subflow.'),
      childFlowRunId: id('child_flow_run_id', 'The subflow run that a task run stands for.'),
      scheduledTime: time('scheduled_time', 'When the run is to start.'),
      cacheKey: string('cache_key', 'The key under which a result is kept for others.'),
      cacheExpiration: time('cache_expiration', 'Until when that result is good.'),
      deferred: boolean('deferred', 'Whether a task worker is to run it.'),
      untrackableResult: t.boolean({
        description: 'Whether it returned something whose use cannot be followed.',
        resolve: (details) => flag(details, 'untrackable_result') ?? false,
      }),
      pauseTimeout: time('pause_timeout', 'When a pause ends in failure.'),
      pauseReschedule: t.boolean({
        description: 'Whether the run is started anew when it is resumed.',
        resolve: (details) => flag(details, 'pause_reschedule') ?? false,
      }),
      pauseKey: string('pause_key', 'What keeps one pause from happening twice.'),
      runInputKeyset: t.field({
        type: 'JSONObject',
        nullable: true,
        description: 'Where the input that a resume asks for is kept.',
        resolve: (details) =>
          isJsonObject(details['run_input_keyset']) ? details['run_input_keyset'] : null,
      }),
      refreshCache: boolean('refresh_cache', 'Whether a cached result was passed over.'),
      retriable: boolean('retriable', 'Whether the failure may be retried.'),
      transitionId: id('transition_id', 'What makes a repeated proposal of it harmless.'),
      taskParametersId: id(
        'task_parameters_id',
        'Where the parameters of a deferred task are kept.',
      ),
      traceparent: string('traceparent', 'The trace it belongs to.'),
      deploymentConcurrencyLeaseId: id(
        'deployment_concurrency_lease_id',
        'The lease of the slot that its deployment gave it.',
      ),
    };
  },
});

export const State = builder.objectRef<StateShape>('State').implement({
  description: 'A state that a run entered.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    type: t.expose('type', { type: StateType, description: 'Its kind.' }),
    name: t.exposeString('name', { description: 'Its name, such as Completed or AwaitingRetry.' }),
    timestamp: t.expose('timestamp', { type: 'DateTime', description: 'When the run entered it.' }),
    message: t.string({
      nullable: true,
      description: 'Why, in words.',
      resolve: async (state, _args, ctx, info) =>
        (await contentOf(ctx, info, state))?.message ?? null,
    }),
    data: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The result, or what tells where it is kept.',
      resolve: async (state, _args, ctx, info) => (await contentOf(ctx, info, state))?.data ?? null,
    }),
    details: t.field({
      type: StateDetails,
      description: 'What orchestration notes about it.',
      resolve: async (state, _args, ctx, info) =>
        (await contentOf(ctx, info, state))?.stateDetails ?? {},
    }),
  }),
});
