import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

import { TestSummary } from './scripts/test-summary.ts';

/** What the doors and the database are tested with, once on each database. */
const behaviour = ['tests/server/**/*.test.ts', 'tests/schema/**/*.test.ts'];

/** Behaviour that no database takes part in, so that one run of it is enough. */
const withoutDatabase = ['tests/server/settings/**', 'tests/server/cli/{refusals,server}.test.ts'];

/** A file whose name ends so is about PostgreSQL alone. */
const onlyPostgresql = ['tests/server/**/*postgresql.test.ts'];

// The set-up of the suite runs in this process and asks here whether a PostgreSQL server is wanted; it belongs to that
// project alone. Tests run in processes of their own, where the project says which database they are for.
process.env['TEST_DATABASE'] = 'postgresql';

interface ProjectOptions {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  readonly database?: 'sqlite' | 'postgresql';
  /** Projects of a higher number wait for those of a lower one, so that a loaded machine fails no time bound. */
  readonly turn: number;
  /** Suites that start servers, browsers and Python take their time. */
  readonly isHeavy?: boolean;
  /** Suites of a browser take the whole machine, one file after the other. */
  readonly isAlone?: boolean;
}

const project = (name: string, options: ProjectOptions): TestProjectInlineConfiguration => ({
  extends: true,
  test: {
    name,
    include: [...options.include],
    exclude: ['**/node_modules/**', ...(options.exclude ?? [])],
    env: { TEST_DATABASE: options.database ?? 'sqlite' },
    globalSetup: options.database === 'postgresql' ? ['tests/support/global-setup.ts'] : [],
    maxWorkers: options.isAlone === true ? 1 : 2,
    fileParallelism: options.isAlone !== true,
    testTimeout: options.isHeavy === true ? 180_000 : 20_000,
    hookTimeout: options.isHeavy === true ? 300_000 : 60_000,
    sequence: { groupOrder: options.turn },
  },
});

export default defineConfig({
  // graphql has a `development` export that Vite would take and Node would not: two copies that refuse each other.
  ssr: { resolve: { conditions: ['module', 'node', 'module-sync'] } },
  test: {
    pool: 'forks',
    // A machine under load is no failure of the server.
    expect: { poll: { timeout: 15_000, interval: 25 } },
    reporters: ['default', new TestSummary()],
    projects: [
      project('sqlite', {
        include: behaviour,
        exclude: onlyPostgresql,
        database: 'sqlite',
        turn: 1,
      }),
      project('postgresql', {
        include: behaviour,
        exclude: withoutDatabase,
        database: 'postgresql',
        turn: 2,
      }),
      project('clients', {
        include: [
          'tests/scripts/**/*.test.ts',
          'tests/web/**/*.test.ts',
          'tests/client-gen/**/*.test.ts',
        ],
        turn: 3,
      }),
      project('compat', { include: ['tests/compat/**/*.test.ts'], turn: 4, isHeavy: true }),
      project('e2e', {
        include: ['tests/e2e/**/*.test.ts'],
        turn: 5,
        isHeavy: true,
        isAlone: true,
      }),
    ],
  },
});
