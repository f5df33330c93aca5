import { choice, flag, number, optional, optionalText, secret, whole } from './kinds.ts';
import { setting } from './setting.ts';

const key = (name: string): string => `server.database.${name}`;
const poolKey = (name: string): string => `server.database.sqlalchemy.${name}`;
const linkKey = (name: string): string => `server.database.sqlalchemy.connect_args.${name}`;

/** The connections to PostgreSQL; SQLite has one writer and a reader. */
const poolSettings = {
  size: setting(poolKey('pool_size'), whole({ atLeast: 0 }), {
    fallback: 5,
    alias: 'PREFECT_SQLALCHEMY_POOL_SIZE',
    about: 'How many connections to PostgreSQL are kept while they are idle.',
  }),
  maxOverflow: setting(poolKey('max_overflow'), whole({ atLeast: -1 }), {
    fallback: 10,
    alias: 'PREFECT_SQLALCHEMY_MAX_OVERFLOW',
    about: 'How many more connections may be opened under load.',
  }),
  timeoutSeconds: setting(poolKey('pool_timeout'), optional(number({ atLeast: 0 })), {
    fallback: 30,
    about: 'How long a call waits for a free connection before it is answered 503.',
  }),
  recycleSeconds: setting(poolKey('pool_recycle'), whole({ atLeast: -1 }), {
    fallback: 3600,
    about: 'The age in seconds at which a connection is replaced; -1 keeps it for good.',
  }),
};

/** The encryption of connections to PostgreSQL. */
const tlsSettings = {
  enabled: setting(linkKey('tls.enabled'), flag, {
    fallback: false,
    about: 'Whether connections to PostgreSQL are encrypted.',
  }),
  caFile: setting(linkKey('tls.ca_file'), optionalText, {
    fallback: null,
    about: "A file with the certificates that the database's own is checked against.",
  }),
  certFile: setting(linkKey('tls.cert_file'), optionalText, {
    fallback: null,
    about: 'A file with the certificate that the server shows to the database.',
  }),
  keyFile: setting(linkKey('tls.key_file'), optionalText, {
    fallback: null,
    about: 'A file with the private key of that certificate.',
  }),
  checkHostname: setting(linkKey('tls.check_hostname'), flag, {
    fallback: true,
    about: "Whether the database's certificate must name the host that was asked for.",
  }),
};

/** Where the data is and how it is reached. */
export const databaseSettings = {
  connectionUrl: setting(key('connection_url'), secret, {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_CONNECTION_URL',
    about:
      'The database: `sqlite+aiosqlite:///<path>` or `postgresql+asyncpg://user:password@host:port/name`; a file `prefect-server.db` under `PREFECT_HOME` when nothing is set.',
  }),
  driver: setting(key('driver'), optional(choice(['postgresql+asyncpg', 'sqlite+aiosqlite'])), {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_DRIVER',
    about: 'The kind of database, where its address is given in parts instead of as one.',
  }),
  host: setting(key('host'), optionalText, {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_HOST',
    about: 'The host of PostgreSQL, where the address is given in parts.',
  }),
  port: setting(key('port'), optional(whole({ atLeast: 1, atMost: 65_535 })), {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_PORT',
    about: 'The port of PostgreSQL, where the address is given in parts; 5432 when it is not set.',
  }),
  user: setting(key('user'), optionalText, {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_USER',
    about: 'The user of PostgreSQL, where the address is given in parts.',
  }),
  name: setting(key('name'), optionalText, {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_NAME',
    about: 'The database of PostgreSQL or the file of SQLite, where the address is given in parts.',
  }),
  password: setting(key('password'), secret, {
    fallback: null,
    alias: 'PREFECT_API_DATABASE_PASSWORD',
    about:
      'The password of PostgreSQL; an address may name it as `$PREFECT_SERVER_DATABASE_PASSWORD`.',
  }),
  echo: setting(key('echo'), flag, {
    fallback: false,
    alias: 'PREFECT_API_DATABASE_ECHO',
    about: 'Whether every statement is written to the log, without its parameters.',
  }),
  migrateOnStart: setting(key('migrate_on_start'), flag, {
    fallback: true,
    alias: 'PREFECT_API_DATABASE_MIGRATE_ON_START',
    about:
      'Whether starting the server brings the tables up to date; if not, `prefect server database upgrade` does.',
  }),
  timeoutSeconds: setting(key('timeout'), optional(number({ above: 0 })), {
    fallback: 10,
    alias: 'PREFECT_API_DATABASE_TIMEOUT',
    about:
      'How long a statement, or the wait for a busy SQLite file, may take before the call is answered 503.',
  }),
  connectionTimeoutSeconds: setting(key('connection_timeout'), optional(number({ above: 0 })), {
    fallback: 5,
    alias: 'PREFECT_API_DATABASE_CONNECTION_TIMEOUT',
    about: 'How long opening a connection to PostgreSQL may take.',
  }),
  migrationTimeoutSeconds: setting(key('migration_timeout'), optional(number({ above: 0 })), {
    fallback: null,
    about: 'How long one statement of a migration may take; no bound when it is not set.',
  }),
  sqliteSynchronous: setting(key('sqlite_synchronous'), choice(['NORMAL', 'FULL']), {
    fallback: 'NORMAL',
    about:
      'How SQLite commits: `NORMAL` survives the end of the process, `FULL` waits for the disk and survives a power cut too.',
  }),
  applicationName: setting(linkKey('application_name'), optionalText, {
    fallback: null,
    about: 'The name under which PostgreSQL lists the connections.',
  }),
  searchPath: setting(linkKey('search_path'), optionalText, {
    fallback: null,
    about: 'The schema of PostgreSQL that holds the tables.',
  }),
  statementCacheSize: setting(linkKey('statement_cache_size'), optional(whole({ atLeast: 0 })), {
    fallback: null,
    about: "Bound of Prefect's own driver on cached statements.",
    ignored: 'the set of statements is fixed and small, so none is ever thrown out',
  }),
  preparedStatementCacheSize: setting(
    linkKey('prepared_statement_cache_size'),
    optional(whole({ atLeast: 0 })),
    {
      fallback: null,
      about: "Bound of Prefect's own driver on prepared statements; 0 serves connection poolers.",
      ignored: 'the set of statements is fixed and small, so none is ever thrown out',
    },
  ),
  pool: poolSettings,
  tls: tlsSettings,
};
