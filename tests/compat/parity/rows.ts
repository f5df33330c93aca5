import { sql } from 'kysely';

import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';

/** Tables of the server's own housekeeping, and those whose rows say when a service last ran. */
const LEFT_OUT = /^(_|sqlite_)|migration|service|lease_lock|csrf/;

const listTables = async (ctx: Context): Promise<readonly string[]> => {
  const query =
    ctx.db.dialect.name === 'sqlite'
      ? ctx.db.builder
          .selectFrom(sql<{ name: string }>`sqlite_master`.as('tables'))
          .select(sql<string>`name`.as('name'))
          .where(sql<boolean>`type = 'table'`)
      : ctx.db.builder
          .selectFrom(sql<{ name: string }>`information_schema.tables`.as('tables'))
          .select(sql<string>`table_name`.as('name'))
          .where(sql<boolean>`table_schema = 'public'`);
  const found = await ctx.db.read(() => rows(query));
  return found.map(({ name }) => name).filter((name) => !LEFT_OUT.test(name));
};

const KEYS = ['seq', 'id', 'resourceId', 'role', 'key', 'flowRunId', 'tag'];

/** What rows are made one after the other by: their number or id, and what else is in their keys. */
const placeOf = (row: Readonly<Record<string, unknown>>): string =>
  KEYS.map((key) => JSON.stringify(row[key] ?? null).padStart(20)).join(' ');

/** All rows of all tables, in the order in which they were made. */
export const readAllRows = async (
  ctx: Context,
): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const tables = (await listTables(ctx)).toSorted();
  const all = await Promise.all(
    tables.map((table) =>
      ctx.db.read(() =>
        rows(
          ctx.db.builder
            .selectFrom(sql<Record<string, unknown>>`${sql.table(table)}`.as('t'))
            .selectAll(),
        ),
      ),
    ),
  );
  return Object.fromEntries(
    tables.map((table, index) => [
      table,
      (all[index] ?? []).toSorted((left, right) => placeOf(left).localeCompare(placeOf(right))),
    ]),
  );
};
