import { isServerError, toError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { CommandFailure } from './failure.ts';

/** The database in words that may be shown: without its password. */
export const describeDatabase = ({ database: { target } }: Settings): string => {
  if (target.kind === 'sqlite') return target.path;
  const url = new URL(target.url);
  return `${url.hostname}:${url.port === '' ? '5432' : url.port}${url.pathname}`;
};

const isSqliteError = (error: Error): boolean =>
  'code' in error && error.code === 'ERR_SQLITE_ERROR';

/** SQLSTATE classes of a refused login, a missing database or schema, missing rights and too many connections. */
const REFUSED = /^(28|3D|3F|42501|53)/;

const isRefusedByPostgresql = (error: Error): boolean =>
  isServerError(error, 'UNAVAILABLE') ||
  ('severity' in error && 'code' in error && REFUSED.test(String(error.code)));

/** Makes the failure to open a database a sentence with its cure; anything else is given back as it is. */
export const databaseFailure = (settings: Settings, thrown: unknown): unknown => {
  const error = toError(thrown);
  const { kind } = settings.database.target;
  const name = describeDatabase(settings);
  if (kind === 'postgresql' && isRefusedByPostgresql(error)) {
    const cause = error.message.replace(/\.$/, '');
    return new CommandFailure(
      `The database ${name} cannot be used: ${cause}. Check PREFECT_SERVER_DATABASE_CONNECTION_URL and PostgreSQL itself.`,
      { cause: error },
    );
  }
  if (kind === 'postgresql' && 'code' in error && error.code === 'ENOENT') {
    return new CommandFailure(
      `A file for the encryption of ${name} cannot be read: ${error.message}. Check PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_TLS_CA_FILE, _CERT_FILE and _KEY_FILE.`,
      { cause: error },
    );
  }
  if (kind === 'sqlite' && isSqliteError(error)) {
    return new CommandFailure(
      `The database ${name} cannot be used: ${error.message}. Put it right, or name another file in PREFECT_SERVER_DATABASE_CONNECTION_URL.`,
      { cause: error },
    );
  }
  return thrown;
};
