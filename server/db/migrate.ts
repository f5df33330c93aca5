import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ServerError } from '#server/errors.ts';

import type { DialectName } from './dialect.ts';

export interface Migration {
  readonly name: string;
  readonly checksum: string;
  readonly sql: string;
}

export type AppliedMigration = Pick<Migration, 'name' | 'checksum'>;

/** What the migration runner needs of a database; each kind of database has one. */
export interface MigrationTarget {
  /** The migrations that were applied, oldest first; none when the database is empty. */
  applied(): Promise<readonly AppliedMigration[]>;
  /** Whether the database holds the tables of Prefect's own server. */
  isForeign(): Promise<boolean>;
  /** Runs the migration and notes it, both or neither. */
  apply(migration: Migration): Promise<void>;
  /** Removes every table of ours. */
  drop(): Promise<void>;
  /** Runs the work alone: other processes that migrate the same database wait. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The migrations that this version of the server knows for one kind of database, oldest first. */
export const knownMigrations = (dialect: DialectName): readonly Migration[] => {
  const folder = join(import.meta.dirname, '..', '..', 'prisma', 'migrations', dialect);
  return readdirSync(folder)
    .toSorted()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
};

/** What is said of a database that another program owns. */
export const foreignDatabase = (): ServerError =>
  new ServerError(
    'CONFLICT',
    "The database was made by Prefect's own server, which this server never writes to. Give another one in PREFECT_SERVER_DATABASE_CONNECTION_URL.",
  );

const requireOurs = async (target: MigrationTarget, known: readonly Migration[]) => {
  if (await target.isForeign()) throw foreignDatabase();
  const applied = await target.applied();
  for (const [index, { name, checksum }] of applied.entries()) {
    const expected = known[index];
    if (expected === undefined || expected.name !== name) {
      throw new ServerError(
        'CONFLICT',
        `The database is newer than this server: it has the migration ${name}. Start the version of the server that wrote it.`,
      );
    }
    if (expected.checksum !== checksum) {
      throw new ServerError(
        'CONFLICT',
        `The migration ${name} was changed after it was applied to the database.`,
      );
    }
  }
  return applied;
};

/** Applies what is missing and gives the names of what it applied. Refuses a foreign, changed or newer database. */
export const upgrade = (
  target: MigrationTarget,
  dialect: DialectName,
): Promise<readonly string[]> =>
  target.exclusively(async () => {
    const known = knownMigrations(dialect);
    const applied = await requireOurs(target, known);
    const missing = known.slice(applied.length);
    for (const migration of missing) {
      // oxlint-disable-next-line no-await-in-loop -- each migration builds on the one before
      await target.apply(migration);
    }
    return missing.map(({ name }) => name);
  });

/** Refuses a database that is not exactly as this version of the server needs it. */
export const requireUpToDate = async (
  target: MigrationTarget,
  dialect: DialectName,
): Promise<void> => {
  const known = knownMigrations(dialect);
  const applied = await requireOurs(target, known);
  if (applied.length < known.length) {
    throw new ServerError(
      'CONFLICT',
      'The database is older than this server. Run `prefect server database upgrade`.',
    );
  }
};
