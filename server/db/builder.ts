import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

import type { Tables } from '#prisma/tables.ts';

import type { Builder } from './database.ts';
import type { DialectName } from './dialect.ts';

// The builder only writes SQL. Running it is the script's affair, so that it lands in the shared commit.
const dialects = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<never>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgresql: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<never>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
};

/** The query builder for one database, with tables and columns in camelCase. */
export const createBuilder = (dialect: DialectName): Builder =>
  new Kysely<Tables>({ dialect: dialects[dialect], plugins: [new CamelCasePlugin()] });
