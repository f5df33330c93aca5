import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';

import { compatDatabase } from './compat-database.ts';
import { SCHEDULER_SETTINGS, provePollers } from './poller-proof.ts';

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test(
  'what pollers of two servers are given is done once, and no date of a schedule is missing, although a server is killed',
  { timeout: 240_000 },
  async () => {
    await using database = await compatDatabase('postgresql');
    const env = { ...database.settings, ...SCHEDULER_SETTINGS };
    const survivor = await startExaminedServer({ env });
    const victim = await startExaminedServer({ env });
    try {
      const report = await provePollers({
        survivor,
        victim,
        runs: 100,
        pollers: 10,
        withinMillis: 120_000,
      });
      expect(report).toMatchObject({ executed: 100, faults: [] });
      expect(report.scheduledRuns).toBeGreaterThan(50);
    } finally {
      await victim.stop('SIGKILL');
      await survivor.stop();
    }
  },
);
