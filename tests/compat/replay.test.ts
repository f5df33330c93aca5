import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { readExchanges } from '#tests/support/replay/exchange.ts';
import type { Outcome } from '#tests/support/replay/play.ts';
import { playExchanges } from '#tests/support/replay/play.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { RECORDING_SETTINGS, startOurServer } from '#tests/support/replay/server.ts';

import { compatDatabase } from './compat-database.ts';
import { faultsOf, unknownKeys } from './replay-verdict.ts';

const REFERENCE = join(import.meta.dirname, '../reference');

const replay = async (
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<readonly Outcome[]> => {
  await using database = await compatDatabase();
  const server = await startOurServer({
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

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

describe('answers are those of the real server', () => {
  test('with an auth string and CSRF protection', { timeout: 60_000 }, async () => {
    const outcomes = await replay('exchanges-auth', {
      PREFECT_SERVER_API_AUTH_STRING: 'admin:pw',
      PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED: 'true',
    });
    expect(faultsOf(outcomes)).toEqual([]);
  });

  test('for every recorded request, but for the listed ones', { timeout: 180_000 }, async () => {
    const outcomes = await replay('exchanges', {});
    expect(faultsOf(outcomes)).toEqual([]);
    const keys = unknownKeys(outcomes).filter((key) => !key.startsWith('auth_csrf:'));
    expect(keys).toEqual([]);
  });
});
