import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';

import { integrityFaults, runClientLoad } from './client-load.ts';
import { openStage } from './stage.ts';
import { troubleIn } from './trouble.ts';

afterEach(() => {
  expect(serversLeftRunning()).toEqual([]);
});

// The size that a small machine bears in a test run; load-clients.ts does the full one.
test('four clients with twenty tasks each end without an error anywhere', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  const load = { processes: 4, tasks: 20, urls: [open.stage.url] };
  const report = await runClientLoad(open.stage, load);
  expect(report.faults).toEqual([]);
  expect(report.acknowledged.flowRuns).toBe(4);
  expect(troubleIn(open.server().log())).toEqual([]);
  await open.server().stop();
  expect(integrityFaults(open.stage.folder)).toEqual([]);
});

test('what was acknowledged before kill -9 is there after it, and clients go on', async (context) => {
  await using open = await openStage(context, { version: '3.9.1' });
  const load = { processes: 2, tasks: 40, urls: [open.stage.url] };
  const report = await runClientLoad(open.stage, load, async () => {
    const end = performance.now() + 60_000;
    // The kill falls into the runs: a client that has not yet met the server does not try again.
    while ((await countFlowRuns(open.stage.url)) < load.processes && performance.now() < end) {
      await pause(50);
    }
    await open.restart('SIGKILL');
  });
  expect(report.faults).toEqual([]);
  await open.server().stop();
  expect(integrityFaults(open.stage.folder)).toEqual([]);
});

const countFlowRuns = async (url: string): Promise<number> => {
  const answer = await fetch(`${url}/api/flow_runs/count`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return Number(await answer.text());
};
