import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';

const example = join(import.meta.dirname, '../../client-gen/examples/run-and-follow.ts');
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

test('the example fails with a clear word where no server is', async () => {
  const failing = run(process.execPath, [example, 'http://127.0.0.1:9/graphql']);

  await expect(failing).rejects.toThrow(/fetch failed/);
});
