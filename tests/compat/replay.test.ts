import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { readExchanges } from '#tests/support/replay/exchange.ts';
import type { Outcome } from '#tests/support/replay/play.ts';
import { playExchanges } from '#tests/support/replay/play.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { RECORDING_SETTINGS, startExaminedServer } from '#tests/support/replay/server.ts';

import type { CompatDatabaseKind } from './compat-database.ts';
import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';
import { knownDifferencesOn } from './known-differences.ts';
import { faultsOf, unknownKeys } from './replay-verdict.ts';

const REFERENCE = join(import.meta.dirname, '../reference');

interface Replay {
  readonly kind: CompatDatabaseKind;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
}

const replay = async ({ kind, folder, settings }: Replay): Promise<readonly Outcome[]> => {
  await using database = await compatDatabase(kind);
  const server = await startExaminedServer({
    env: { ...RECORDING_SETTINGS, ...settings, ...database.settings },
  });
  try {
    return await playExchanges(readExchanges(join(REFERENCE, folder)), {
      url: server.url,
      home: server.home,
    });
  } finally {
    await server.stop();
  }
};

/** What a run of the differential tests shows: how many answers are those of the real server, and which are not. */
const summaryOf = (
  kind: CompatDatabaseKind,
  outcomes: readonly Outcome[],
  known: Readonly<Record<string, string>>,
): string => {
  const equal = outcomes.filter(({ differences }) => differences.length === 0).length;
  const listed = Object.entries(known).map(([line, reason]) => `  ${line}: ${reason}`);
  return [
    `${equal} of ${outcomes.length} recorded answers are equal on ${kind}; on purpose not:`,
    ...listed,
  ].join('\n');
};

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

describe.each(COMPAT_DATABASES)('answers on %s are those of the real server', (kind) => {
  const known = knownDifferencesOn(kind);

  test('with an auth string and CSRF protection', async () => {
    const outcomes = await replay({
      kind,
      folder: 'exchanges-auth',
      settings: {
        PREFECT_SERVER_API_AUTH_STRING: 'admin:pw',
        PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED: 'true',
      },
    });
    expect(faultsOf(outcomes, known)).toEqual([]);
  });

  test('for every recorded request, but for the listed ones', async () => {
    const outcomes = await replay({ kind, folder: 'exchanges', settings: {} });
    console.log(summaryOf(kind, outcomes, known));
    expect(faultsOf(outcomes, known)).toEqual([]);
    expect(unknownKeys(outcomes, known).filter((key) => !key.startsWith('auth_csrf:'))).toEqual([]);
  });
});
