import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../scripts/compile-server.mjs');

let folder = '';
let compiled = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prefect-server-compiled-'));
  compiled = join(folder, 'server');
  const done = spawnSync(process.execPath, [PROGRAM, compiled], {
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the compiled server tells its version', () => {
  const told = spawnSync(process.execPath, [join(compiled, 'main.js'), '--version'], {
    encoding: 'utf8',
  });
  expect({ status: told.status, told: told.stdout.trim() }).toEqual({
    status: 0,
    told: expect.stringMatching(/^prefect-server \d/u),
  });
});

test('programs of threads are compiled, too', async () => {
  const names = readdirSync(compiled).filter((name) => name.endsWith('-thread.js'));
  expect(names).toEqual(['checkpoint-thread.js', 'reader-thread.js']);
  const reader = new Worker(pathToFileURL(join(compiled, 'reader-thread.js')), {
    workerData: ':memory:',
  });
  const answer = new Promise((resolve) => reader.once('message', resolve));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  reader.postMessage({ sql: 'SELECT 1 AS one', parameters: [] });
  expect(await answer).toEqual({ rows: [{ one: 1 }], hasMarks: false });
  await reader.terminate();
});
