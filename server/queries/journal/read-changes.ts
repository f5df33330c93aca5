import type { ChangeRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows } from '#server/db/script.ts';
import {
  type JournalEnds,
  readJournalEnds,
  readKeyChanges,
  readTopicChanges,
} from '#server/db/sql/read-journal.ts';
import type { ChangeTopic } from '#server/events/record.ts';

export type Change = ChangeRow;

export interface ChangesAfter {
  readonly topic: ChangeTopic;
  readonly after: number;
  readonly limit: number;
}

/** The changes of a topic past a number in the order of their commits, none that could still be overtaken. */
export const readChanges = async (
  ctx: Context,
  { topic, after, limit }: ChangesAfter,
): Promise<readonly Change[]> => {
  const { change: upTo } = await ctx.db.settled();
  return ctx.db.read(() => rows(readTopicChanges(topic, after, upTo, limit)));
};

/** The same of one entity, or of all entities that belong to one flow run. */
export const readChangesOf = async (
  ctx: Context,
  { topic, after, limit, key }: ChangesAfter & { readonly key: string },
): Promise<readonly Change[]> => {
  const { change: upTo } = await ctx.db.settled();
  return ctx.db.read(() => rows(readKeyChanges(topic, after, upTo, key, key, limit)));
};

const NO_ENDS: JournalEnds = {
  firstChange: 0,
  lastChange: 0,
  lastLog: 0,
  firstEvent: 0,
  lastEvent: 0,
};

/** Where the journal of changes, the log and the events begin and end now. */
export const readEnds = async (ctx: Context): Promise<JournalEnds> => {
  const { change, log, event } = await ctx.db.settled();
  const ends = await ctx.db.read(() => one(readJournalEnds(change, log, event)));
  return ends ?? NO_ENDS;
};
