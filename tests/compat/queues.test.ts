import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import { proveQueues } from './queue-proof.ts';
import { openStage } from './stage.ts';

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

test(
  'a worker keeps to the priorities and limits of three queues and does each run once over a restart',
  { timeout: 600_000 },
  async (context) => {
    await using open = await openStage(context, { version: '3.9.1' });
    const report = await proveQueues(open, {
      runs: 20,
      isShort: true,
      restartWith: 'SIGTERM',
      withinMillis: 500_000,
    });
    expect(report).toMatchObject({ executed: 20 - report.crashed, faults: [] });
    expect(report.polls).toBeGreaterThan(20);
  },
);
