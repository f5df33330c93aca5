import { isAbsolute, join, resolve } from 'node:path';

import { ServerError } from '../errors.ts';
import type { ValuesOf } from './setting.ts';
import type { databaseSettings } from './table-database.ts';

/** The database that the settings name; the path of a SQLite database in memory is `:memory:`. */
export type DatabaseTarget =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgresql'; readonly url: string };

/** The file that holds the data when no database is named. Prefect's own would be `prefect.db`, which is left alone. */
export const DEFAULT_DATABASE_FILE = 'prefect-server.db';

const ADDRESS = /^([a-z][a-z0-9]*)(?:\+([a-z0-9]+))?:\/\/(.*)$/is;
const PASSWORD_REFERENCE = /\$\{?PREFECT_(?:API|SERVER)_DATABASE_PASSWORD\}?/g;

const ALLOWED = 'sqlite+aiosqlite:///<path> or postgresql+asyncpg://user:password@host:port/name';

const refuse = (problem: string): ServerError =>
  new ServerError('INVALID', `PREFECT_SERVER_DATABASE_CONNECTION_URL ${problem}; give ${ALLOWED}.`);

const sqliteTarget = (rest: string): DatabaseTarget => {
  const [place = '', query = ''] = rest.split('?', 2);
  if (place !== '' && !place.startsWith('/'))
    throw refuse('names a host for SQLite, which is a file');
  const name = decodeURIComponent(place.slice(1)).replace(/^file:/, '');
  const isInMemory =
    name === '' || name === ':memory:' || new URLSearchParams(query).get('mode') === 'memory';
  if (isInMemory) return { kind: 'sqlite', path: ':memory:' };
  return { kind: 'sqlite', path: isAbsolute(name) ? name : resolve(name) };
};

const postgresqlTarget = (rest: string): DatabaseTarget => {
  const address = `postgresql://${rest}`;
  if (!URL.canParse(address)) throw refuse('is no address that can be read');
  const url = new URL(address);
  if (url.pathname.length < 2) throw refuse('names no database');
  // The driver of Prefect calls `ssl` what everybody else calls `sslmode`.
  const ssl = url.searchParams.get('ssl');
  if (ssl !== null && !url.searchParams.has('sslmode')) {
    url.searchParams.delete('ssl');
    url.searchParams.set('sslmode', ssl === 'true' ? 'require' : ssl);
  }
  return { kind: 'postgresql', url: url.href };
};

const fromAddress = (address: string): DatabaseTarget => {
  const match = ADDRESS.exec(address.trim());
  if (match === null) throw refuse('is no database address');
  const [, scheme = '', , rest = ''] = match;
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return sqliteTarget(rest);
    case 'postgresql':
    case 'postgres':
      return postgresqlTarget(rest);
    default:
      throw refuse(`names ${scheme}, which is not supported`);
  }
};

type DatabaseValues = ValuesOf<typeof databaseSettings>;

const fromParts = (values: DatabaseValues): DatabaseTarget | null => {
  const { driver, host, port, user, name, password } = values;
  if (driver === null) return null;
  if (driver === 'sqlite+aiosqlite') return name === null ? null : sqliteTarget(`/${name}`);
  const missing = Object.entries({ host, user, name }).filter(([, value]) => value === null);
  if (missing.length > 0) {
    const names = missing
      .map(([part]) => `PREFECT_SERVER_DATABASE_${part.toUpperCase()}`)
      .join(', ');
    throw new ServerError(
      'INVALID',
      `PREFECT_SERVER_DATABASE_DRIVER is ${driver}, so ${names} must be set too.`,
    );
  }
  const login = [user ?? '', ...(password === null ? [] : [password])]
    .map(encodeURIComponent)
    .join(':');
  return postgresqlTarget(`${login}@${host}:${port ?? 5432}/${encodeURIComponent(name ?? '')}`);
};

/** The database that the settings name: by one address, in parts, or else the default file in the home folder. */
export const databaseTarget = (values: DatabaseValues, home: string): DatabaseTarget => {
  if (values.connectionUrl !== null) {
    const password = encodeURIComponent(values.password ?? '');
    return fromAddress(values.connectionUrl.replaceAll(PASSWORD_REFERENCE, () => password));
  }
  return fromParts(values) ?? { kind: 'sqlite', path: join(home, DEFAULT_DATABASE_FILE) };
};
