import { existsSync } from 'node:fs';

import { ServerError } from '#server/errors.ts';
import type { Settings } from '#server/settings.ts';

import type { ImportSource, ImportTarget } from './contract.ts';

/** Opens the database to import from: the path or address of a SQLite file, or the address of a PostgreSQL database. */
export const openImportSource = async (given: string): Promise<ImportSource> => {
  const address = given.replace(/^(sqlite|postgres(?:ql)?)\+\w+:/, '$1:');
  if (/^postgres(ql)?:\/\//.test(address)) {
    const { openPostgresqlSource } = await import('./postgresql-source.ts');
    return openPostgresqlSource(address);
  }
  const path = address.replace(/^sqlite:\/\/\//, '');
  if (!existsSync(path)) throw new ServerError('NOT_FOUND', `There is no database file ${path}.`);
  const { openSqliteSource } = await import('./sqlite-source.ts');
  return openSqliteSource(path);
};

/** Opens the server's own database, whose tables are up to date, to import into it. */
export const openImportTarget = async ({
  database: { target },
}: Settings): Promise<ImportTarget> => {
  if (target.kind === 'postgresql') {
    const { openPostgresqlTarget } = await import('./postgresql-target.ts');
    return openPostgresqlTarget(target.url);
  }
  const { openSqliteTarget } = await import('./sqlite-target.ts');
  return openSqliteTarget(target.path);
};
