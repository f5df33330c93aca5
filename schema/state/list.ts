import { sql } from 'kysely';

import { every, onId } from '#server/queries/criteria.ts';
import { readRows } from '#server/queries/select.ts';

import type { ListSource } from '../shared/list-source.ts';
import type { RunKind, StateShape } from './object.ts';

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
    // What is rarely asked for, such as results, is read only when the operation wants it.
    hydrate: async (ctx, ids) => {
      // Both tables have these columns; the type checker follows one.
      const states = ctx.db.builder.selectFrom(table as 'flowRunState');
      const rows = await readRows(
        ctx,
        states.select(['id', 'type', 'name', 'timestamp']).where('id', 'in', [...ids]),
      );
      return new Map(rows.map((row) => [row.id, { ...row, runKind, content: null }]));
    },
  };
};

export const FLOW_RUN_STATES = defineStates('flowRun');
export const TASK_RUN_STATES = defineStates('taskRun');
