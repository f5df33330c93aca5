import type { Selection } from './list-source.ts';

/** Rows under their ids. */
export const byId = <Row extends { readonly id: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> => new Map(rows.map((row) => [row.id, row]));

/** What the planner wants to be read, as arguments of a Prisma call. */
export const asQuery = (selection: Selection): object =>
  // A type in select mode plans at least its id; an empty select would be refused.
  selection.select !== undefined || selection.include !== undefined ? selection : {};
