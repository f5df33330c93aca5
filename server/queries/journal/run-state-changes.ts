import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';
import type { State } from '#server/orchestration/states.ts';
import { type Micros, micros } from '#server/time.ts';

import type { FlowRunFilter, TaskRunFilter } from '../filter-types.ts';
import { readRows } from '../select.ts';
import { toState } from '../state/read-states.ts';
import { whereFlowRun, whereTaskRun } from '../where.ts';
import type { Change } from './read-changes.ts';

/** A state and its change are written by one transaction, so that no more than this lies between them. */
const SAME_TRANSACTION_MICROS = 10_000_000;

export interface RunStateChange {
  readonly seq: number;
  readonly runId: string;
  readonly state: State;
  readonly previousState: State | null;
  readonly occurred: Micros;
}

interface StateRow {
  readonly runId: string;
  readonly created: Micros;
  readonly state: State;
}

export type RunFilter =
  | { readonly kind: 'flowRun'; readonly filter: FlowRunFilter }
  | { readonly kind: 'taskRun'; readonly filter: TaskRunFilter };

const matchingRuns = async (
  ctx: Context,
  run: RunFilter,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const words = expressionsFor(ctx.db.dialect.name);
  const where =
    run.kind === 'flowRun' ? whereFlowRun(words, run.filter) : whereTaskRun(words, run.filter);
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom(run.kind)
      .select(sql.ref<string>(`${run.kind}.id`).as('id'))
      .where(sql.ref<string>(`${run.kind}.id`), 'in', [...ids])
      .where(where),
  );
  return found.map((row) => row.id);
};

const readStates = async (
  ctx: Context,
  kind: RunFilter['kind'],
  runIds: readonly string[],
): Promise<readonly StateRow[]> => {
  if (kind === 'flowRun') {
    const found = await readRows(
      ctx,
      ctx.db.builder
        .selectFrom('flowRunState')
        .selectAll()
        .where('flowRunId', 'in', [...runIds])
        .orderBy('timestamp'),
    );
    return found.map((row) => ({
      runId: row.flowRunId,
      created: row.created,
      state: toState(row),
    }));
  }
  const found = await readRows(
    ctx,
    ctx.db.builder
      .selectFrom('taskRunState')
      .selectAll()
      .where('taskRunId', 'in', [...runIds])
      .orderBy('timestamp'),
  );
  return found.map((row) => ({ runId: row.taskRunId, created: row.created, state: toState(row) }));
};

const toStateChange = (change: Change, states: readonly StateRow[]): RunStateChange | null => {
  const index = states.findLastIndex(({ created }) => created <= change.at);
  const current = states[index];
  // A change that brought no state, such as a new name, finds the state of an older one.
  if (current === undefined || change.at - current.created > SAME_TRANSACTION_MICROS) return null;
  return {
    seq: change.seq,
    runId: change.entityId,
    state: current.state,
    previousState: states[index - 1]?.state ?? null,
    occurred: micros(change.at),
  };
};

/** What the changes of runs say about their states, for those runs that the filter admits now. */
export const readRunStateChanges = async (
  ctx: Context,
  run: RunFilter,
  changes: readonly Change[],
): Promise<readonly RunStateChange[]> => {
  const ids = new Set(
    changes.filter(({ kind }) => kind !== 'deleted').map((change) => change.entityId),
  );
  if (ids.size === 0) return [];
  const wanted = await matchingRuns(ctx, run, [...ids]);
  if (wanted.length === 0) return [];
  const states = Map.groupBy(await readStates(ctx, run.kind, wanted), ({ runId }) => runId);
  return changes.flatMap((change) => {
    const stateChange = toStateChange(change, states.get(change.entityId) ?? []);
    return stateChange === null ? [] : [stateChange];
  });
};
