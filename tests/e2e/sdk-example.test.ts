import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { createClient } from '#client-gen/sdk/client.ts';
import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';

const examples = join(import.meta.dirname, '../../client-gen/examples');
const example = join(examples, 'run-and-follow.ts');
const run = promisify(execFile);

let server: ServerProcess | undefined;

beforeAll(async () => {
  server = await startOurServer();
});

afterAll(async () => {
  await server?.stop();
});

test('the example creates a run, follows it and prints its end', async () => {
  const { stdout } = await run(process.execPath, [example, `${server?.url}/graphql`]);
  const lines = stdout.trim().split('\n');

  expect(lines[0]).toMatch(/^created \S+ of run-and-follow$/);
  expect(lines[1]).toMatch(/ is Pending after 0 s$/);
  expect(lines.at(-1)).toMatch(/ is Completed after [\d.]+ s$/);
});

/** An example that goes on until it is interrupted. */
const startExample = (name: string) => {
  const child = spawn(process.execPath, [join(examples, name), `${server?.url}/graphql`]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const hasPrinted = (text: string): Promise<void> =>
    vi.waitFor(() => expect(printed).toContain(text), { timeout: 20_000 });
  return { child, hasPrinted };
};

const interrupt = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGINT');
  });

test('the worker of the examples does a run, the monitor tells of it, and both stop when asked', async () => {
  const worker = startExample('worker.ts');
  const monitor = startExample('monitor.ts');
  await Promise.all([worker.hasPrinted('working'), monitor.hasPrinted('watching')]);
  const client = createClient({ url: `${server?.url}/graphql` });
  const flow = await client.createFlow({ name: 'seen' });
  await client.createFlowRun({
    flowId: flow.id,
    name: 'one',
    workPoolName: 'typescript',
    state: { type: 'SCHEDULED' },
  });
  await worker.hasPrinted('one is done');
  await monitor.hasPrinted('seen/one: Running -> Completed');
  await client.close();
  expect(await Promise.all([interrupt(worker.child), interrupt(monitor.child)])).toEqual([0, 0]);
});
