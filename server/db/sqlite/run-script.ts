import type { Announcement, Script } from '../script.ts';
import type { SqliteConnection } from './connection.ts';

const NO_ROWS: readonly unknown[] = [];

/** Runs a script to its end on one connection, without a pause in which anybody else could come between. */
export const runScript = <T>(
  connection: SqliteConnection,
  script: Script<T>,
  announcements: Announcement[],
): T => {
  let turn = script.next(NO_ROWS);
  while (turn.done !== true) {
    const step = turn.value;
    if (step.kind === 'announce') {
      announcements.push(step.announcement);
      turn = script.next(NO_ROWS);
      continue;
    }
    let rows: readonly unknown[];
    try {
      rows = connection.rows(step.query);
    } catch (error) {
      // Thrown into the script, so that it can leave its own words on it or go on.
      turn = script.throw(error);
      continue;
    }
    turn = script.next(rows);
  }
  return turn.value;
};
