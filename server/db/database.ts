import type { Kysely } from 'kysely';

import type { PrismaClient } from '#prisma/client/sqlite/client.ts';
import type { Tables } from '#prisma/tables.ts';

import type { Dialect } from './dialect.ts';
import type { Announcement, Script } from './script.ts';
import type { Settled } from './settled.ts';
import type { Query } from './statement.ts';

/** The query builder over our tables. It only builds: its queries run as steps of a script. */
export type Builder = Kysely<Tables>;

export interface Database {
  readonly dialect: Dialect;
  readonly builder: Builder;
  /** Reads of the GraphQL door, which selects what its caller asked for. Nothing is written through it. */
  readonly prisma: PrismaClient;
  /** Runs a script in a transaction and answers after its commit. Refused with UNAVAILABLE while the database is busy. */
  write<T>(script: () => Script<T>): Promise<T>;
  /** Runs a script that only reads, outside of any transaction. */
  read<T>(script: () => Script<T>): Promise<T>;
  /**
   * The rows of one query that may look at very many: a large SQLite file is then read in a thread of its own, so that
   * nobody waits for it. The rows must be plain, without JSON.
   */
  readAside<Row>(query: Query<Row>): Promise<readonly Row[]>;
  /** How far readers of the journals that keep a number as their cursor may go now. */
  settled(): Promise<Settled>;
  /** Called with what committed scripts announced. */
  onCommit(listener: (announcements: readonly Announcement[]) => void): void;
  close(): Promise<void>;
}
