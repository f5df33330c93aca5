import type { VariableRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  deleteVariableRow,
  insertVariable,
  lockVariable,
  lockVariableByName,
  updateVariableRow,
} from '#server/db/sql/variable-statements.ts';
import { ServerError, notFound } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { type JsonValue, json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordVariable } from './variable-events.ts';

/** A variable as its caller knows it. */
export type VariableKey = { readonly id: string } | { readonly name: string };

export interface NewVariable {
  readonly name: string;
  readonly value: JsonValue;
  readonly tags?: readonly string[];
}

/** What is absent stays as it is. */
export interface VariableChanges {
  readonly name?: string | undefined;
  readonly value?: JsonValue | undefined;
  readonly tags?: readonly string[] | undefined;
}

const taken = (
  name: string,
  existingId: string | undefined,
  more: Readonly<Record<string, string>> = {},
): ServerError =>
  new ServerError('CONFLICT', `A variable with the name '${name}' already exists.`, {
    details: { kind: 'Variable', name, existingId, ...more },
  });

function* requireVariable(key: VariableKey): Script<VariableRow> {
  const found = yield* one('id' in key ? lockVariable(key.id) : lockVariableByName(key.name));
  if (found === null) throw notFound('Variable', 'id' in key ? key.id : key.name);
  return found;
}

/** Makes a variable. CONFLICT when the name is taken. */
export const createVariable = (
  ctx: Context,
  { name, value, tags = [] }: NewVariable,
): Promise<VariableRow> =>
  ctx.db.write(function* () {
    const now = nowMicros();
    const row = yield* one(insertVariable(newId(), now, now, name, json(value), json(tags)));
    if (row === null) throw taken(name, (yield* one(lockVariableByName(name)))?.id);
    yield* recordVariable('created', row);
    return row;
  });

/** Changes a variable. NOT_FOUND when there is none, CONFLICT when the new name is taken. */
export const updateVariable = (
  ctx: Context,
  { key, changes }: { readonly key: VariableKey; readonly changes: VariableChanges },
): Promise<VariableRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireVariable(key);
    const row = {
      ...stored,
      name: changes.name ?? stored.name,
      value: changes.value === undefined ? stored.value : changes.value,
      tags: changes.tags ?? stored.tags,
      updated: nowMicros(),
    };
    const namesake = row.name === stored.name ? null : yield* one(lockVariableByName(row.name));
    if (namesake !== null) throw taken(row.name, namesake.id, { constraint: 'unique' });
    yield* run(updateVariableRow(row.name, json(row.value), json(row.tags), row.updated, row.id));
    yield* recordVariable('updated', row);
    return row;
  });

/** Removes a variable. NOT_FOUND when there is none. */
export const deleteVariable = (ctx: Context, key: VariableKey): Promise<VariableRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireVariable(key);
    yield* run(deleteVariableRow(stored.id));
    yield* recordVariable('deleted', stored);
    return stored;
  });
