import type { CurrentStateColumns } from '#server/db/sql/lock-flow-run.ts';

import type { State } from './states.ts';

/** The state in a row that was read together with it; null when the run has none. */
export const currentState = (row: CurrentStateColumns): State | null => {
  const {
    currentStateId: id,
    currentStateType: type,
    currentStateName: name,
    currentStateTimestamp: timestamp,
  } = row;
  if (id === null || type === null || name === null || timestamp === null) return null;
  return {
    id,
    type,
    name,
    timestamp,
    message: row.currentStateMessage,
    details: row.currentStateDetails ?? {},
    data: row.currentStateResult ?? row.currentStateData,
  };
};

/**
 * Whether a row misses the state that its run points to. PostgreSQL reads so when it had to wait for the run: the run
 * is then the newest, all that was joined to it still as it was when the statement began.
 */
export const missesItsState = (
  row: CurrentStateColumns & { readonly stateId: string | null },
): boolean => row.stateId !== row.currentStateId;

/** The columns whose values differ, which are those to be written. */
export const changedColumns = <Row extends object>(before: Row, after: Row): Partial<Row> =>
  // Keys and values are taken from the row itself.
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => before[name as keyof Row] !== value),
  ) as Partial<Row>;

/** The given columns of a row that holds more than them. */
export const pickColumns = <Row extends object, Name extends keyof Row>(
  row: Row,
  names: readonly Name[],
): Pick<Row, Name> => {
  const picked: Partial<Pick<Row, Name>> = {};
  for (const name of names) picked[name] = row[name];
  // Every one of the names has been filled in.
  return picked as Pick<Row, Name>;
};
