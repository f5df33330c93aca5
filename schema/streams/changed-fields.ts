import { type GraphQLResolveInfo, isObjectType } from 'graphql';

import type { Context } from '#server/context.ts';
import { type FollowedTable, readFollowed } from '#server/queries/journal/read-followed.ts';

import { selectsField } from '../shared/selects-field.ts';
import type { EntityChange } from './entity-changes.ts';

/** Columns whose field has a name of its own. */
const RENAMED: Readonly<Record<string, string>> = {
  empiricalPolicy: 'policy',
  filter: 'legacyFilter',
  stateTimestamp: 'state',
  storageConfiguration: 'storage',
  workQueueName: 'workQueue',
};

/** Adds to news which fields differ from what was told before. */
export type Compare = (news: readonly EntityChange[]) => Promise<readonly EntityChange[]>;

type Columns = ReadonlyMap<string, string>;

const toColumns = (row: object): Columns =>
  new Map(Object.entries(row).map(([column, value]) => [column, JSON.stringify(value)]));

/** The field that shows a column, if one does; `updated` goes with every change and tells nothing. */
const fieldOf = (fields: Readonly<Record<string, unknown>>, column: string): string | undefined =>
  [column, column.replace(/Id$/, ''), `${column}Seconds`, RENAMED[column]].find(
    (name) => name !== undefined && name in fields,
  );

interface Compared {
  readonly table: FollowedTable;
  /** The object type whose fields are meant. */
  readonly typeName: string;
}

/** Remembers what a stream told of each entity, if the operation asks which fields changed. */
export const comparing = (
  ctx: Context,
  info: GraphQLResolveInfo,
  { table, typeName }: Compared,
): Compare => {
  if (!selectsField(info, ['changedFields'])) return (news) => Promise.resolve(news);
  const type = info.schema.getType(typeName);
  const fields = isObjectType(type) ? type.getFields() : {};
  const told = new Map<string, Columns>();
  return async (news) => {
    if (news.length === 0) return news;
    const rows = await readFollowed(
      ctx,
      table,
      news.map(({ id }) => id),
    );
    const found = new Map(rows.map((row) => [row.id, toColumns(row)]));
    return news.map((one) => {
      const before = told.get(one.id);
      const now = found.get(one.id);
      if (now === undefined) told.delete(one.id);
      else told.set(one.id, now);
      if (before === undefined || now === undefined) return one;
      const changed = [...now.keys()].filter((column) => before.get(column) !== now.get(column));
      const names = new Set(changed.flatMap((column) => fieldOf(fields, column) ?? []));
      return { ...one, changedFields: [...names].toSorted() };
    });
  };
};
