import type { FlowRunTable, TaskRunTable } from '#prisma/tables.ts';
import { json } from '#server/json.ts';

import { type Query, type SqlValue, statement } from '../statement.ts';

const JSON_COLUMNS: ReadonlySet<string> = new Set([
  'parameters',
  'context',
  'empiricalPolicy',
  'tags',
  'labels',
  'createdBy',
  'jobVariables',
  'taskInputs',
  'stateDetails',
  'data',
  'metadata',
  'limitIds',
  'activeSlots',
] as const);

const toColumn = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toParameter = (name: string, value: unknown, isJson: boolean): SqlValue => {
  if (value === undefined || value === null) return null;
  if (isJson) return json(value);
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      throw new TypeError(`The column ${name} cannot hold a ${typeof value}.`);
  }
};

/** Declares an insert of one row of the given columns, in the order of their values in the row. */
export const insertOf = <Row extends object>(
  table: string,
  columns: readonly (keyof Row & string)[],
  jsonColumns: ReadonlySet<string> = JSON_COLUMNS,
): ((row: Row) => Query<never>) => {
  const names = columns.map((name) => `"${toColumn(name)}"`).join(', ');
  const insert = statement<readonly SqlValue[]>(
    `INSERT INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (row) =>
    insert(...columns.map((name) => toParameter(name, row[name], jsonColumns.has(name))));
};

type RunTable = 'flow_run' | 'task_run';
type RunColumn = keyof (FlowRunTable & TaskRunTable);

type Update = (...parameters: readonly SqlValue[]) => Query<never>;

const updates = new Map<string, Update>();

const updateOf = (table: RunTable, names: readonly string[]): Update => {
  const key = `${table} ${names.join(' ')}`;
  const known = updates.get(key);
  if (known !== undefined) return known;
  const assignments = names.map((name) => `${toColumn(name)} = ?`).join(', ');
  const update = statement<readonly SqlValue[]>(`UPDATE ${table} SET ${assignments} WHERE id = ?`);
  updates.set(key, update);
  return update;
};

/**
 * Updates the given columns of one run and no others: SQLite rewrites every index over a column that a statement
 * names, whether its value changed or not. Each combination of columns is prepared once.
 */
export const updateRun = (
  table: RunTable,
  id: string,
  changes: { readonly [Column in RunColumn]?: unknown },
): Query<never> => {
  const values = Object.entries(changes).map(([name, value]) =>
    toParameter(name, value, JSON_COLUMNS.has(name)),
  );
  return updateOf(table, Object.keys(changes))(...values, id);
};
