import { sql } from 'kysely';

import { every, onId } from '#server/queries/criteria.ts';
import { readRows } from '#server/queries/select.ts';
import { toState } from '#server/queries/state/read-states.ts';

import type { ListSource } from '../shared/list-source.ts';
import { type RunKind, type StateShape, toStateShape } from './object.ts';

export interface StatesOfRun {
  readonly runId?: string;
}

const defineStates = (runKind: RunKind): ListSource<StatesOfRun, StateShape> => {
  const table = runKind === 'flowRun' ? 'flowRunState' : 'taskRunState';
  const id = sql.ref(`${table}.id`);
  const run = sql.ref<string>(`${table}.${runKind}Id`);
  return {
    typeName: 'State',
    table,
    where: (_words, { runId }) => every(runId === undefined ? [] : onId(run, { in: [runId] })),
    columns: { TIMESTAMP: { by: sql.ref(`${table}.timestamp`), isNullable: false } },
    defaultOrder: [{ field: 'TIMESTAMP', direction: 'ASC' }],
    id,
    hydrate: async (ctx, ids) => {
      const rows =
        runKind === 'flowRun'
          ? await readRows(
              ctx,
              ctx.db.builder
                .selectFrom('flowRunState')
                .selectAll()
                .where('id', 'in', [...ids]),
            )
          : await readRows(
              ctx,
              ctx.db.builder
                .selectFrom('taskRunState')
                .selectAll()
                .where('id', 'in', [...ids]),
            );
      return new Map(rows.map((row) => [row.id, toStateShape(runKind, toState(row))]));
    },
  };
};

export const FLOW_RUN_STATES = defineStates('flowRun');
export const TASK_RUN_STATES = defineStates('taskRun');
