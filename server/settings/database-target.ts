import { isAbsolute, join, resolve } from 'node:path';

import { ServerError } from '../errors.ts';
import type { ValuesOf } from './setting.ts';
import type { databaseSettings } from './table-database.ts';

/** The database that the settings name; the path of a SQLite database in memory is `:memory:`. */
export type DatabaseTarget =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgresql'; readonly url: string };

/** The file that holds the data when no database is named. Prefect's own would be `prefect.db`, which is left alone. */
const DEFAULT_DATABASE_FILE = 'prefect-server.db';

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

type DatabaseValues = ValuesOf<typeof databaseSettings>;

/** Spells encryption as the driver reads it: from the address, where Prefect's driver says `ssl`, or from settings. */
const addEncryption = (url: URL, { tls }: DatabaseValues): void => {
  const set = (parameters: Readonly<Record<string, string | null>>): void => {
    for (const [name, value] of Object.entries(parameters))
      if (value !== null) url.searchParams.set(name, value);
  };
  const ssl = url.searchParams.get('ssl');
  if (ssl !== null) {
    url.searchParams.delete('ssl');
    set({ sslmode: ssl === 'true' ? 'require' : ssl });
  }
  // Without this the driver takes every mode for the strictest, which is not what the word says elsewhere.
  if (url.searchParams.has('sslmode')) set({ uselibpqcompat: 'true' });
  if (!tls.enabled) return;
  if (!tls.checkHostname && tls.caFile === null) {
    throw new ServerError(
      'INVALID',
      'PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_TLS_CHECK_HOSTNAME is off, so the certificates to check against must be given in PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_TLS_CA_FILE.',
    );
  }
  set({
    uselibpqcompat: 'true',
    sslmode: tls.checkHostname ? 'verify-full' : 'verify-ca',
    sslrootcert: tls.caFile,
    sslcert: tls.certFile,
    sslkey: tls.keyFile,
  });
};

const postgresqlTarget = (rest: string, values: DatabaseValues): DatabaseTarget => {
  const address = `postgresql://${rest}`;
  if (!URL.canParse(address)) throw refuse('is no address that can be read');
  const url = new URL(address);
  if (url.pathname.length < 2) throw refuse('names no database');
  addEncryption(url, values);
  if (values.searchPath !== null) {
    const options = url.searchParams.get('options');
    const path = `-c search_path=${values.searchPath.replaceAll(' ', '')}`;
    url.searchParams.set('options', options === null ? path : `${options} ${path}`);
  }
  return { kind: 'postgresql', url: url.href };
};

const fromAddress = (address: string, values: DatabaseValues): DatabaseTarget => {
  const match = ADDRESS.exec(address.trim());
  if (match === null) throw refuse('is no database address');
  const [, scheme = '', , rest = ''] = match;
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return sqliteTarget(rest);
    case 'postgresql':
    case 'postgres':
      return postgresqlTarget(rest, values);
    default:
      throw refuse(`names ${scheme}, which is not supported`);
  }
};

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
  return postgresqlTarget(
    `${login}@${host}:${port ?? 5432}/${encodeURIComponent(name ?? '')}`,
    values,
  );
};

/** The database that the settings name: by one address, in parts, or else the default file in the home folder. */
export const databaseTarget = (values: DatabaseValues, home: string): DatabaseTarget => {
  if (values.connectionUrl !== null) {
    const password = encodeURIComponent(values.password ?? '');
    return fromAddress(
      values.connectionUrl.replaceAll(PASSWORD_REFERENCE, () => password),
      values,
    );
  }
  return fromParts(values) ?? { kind: 'sqlite', path: join(home, DEFAULT_DATABASE_FILE) };
};
