import type { Database } from './database.ts';
import type { Script } from './script.ts';

/** Hears the text of each statement, without its parameters: they may be secret. */
export type StatementListener = (sql: string) => void;

/** A database of whose scripts somebody hears each statement before it runs. */
export const echoing = (db: Database, onStatement: StatementListener): Database => {
  const { name } = db.dialect;
  const listened = function* <T>(script: Script<T>): Script<T> {
    let turn = script.next([]);
    while (turn.done !== true) {
      const step = turn.value;
      if (step.kind !== 'announce') onStatement(step.query.sql(name));
      let rows: readonly unknown[];
      try {
        rows = yield step;
      } catch (error) {
        // SQLite tells the script of a failure, which may go on.
        turn = script.throw(error);
        continue;
      }
      turn = script.next(rows);
    }
    return turn.value;
  };
  return {
    ...db,
    write: (script) => db.write(() => listened(script())),
    read: (script) => db.read(() => listened(script())),
    readAside: (query) => {
      onStatement(query.sql(name));
      return db.readAside(query);
    },
  };
};
