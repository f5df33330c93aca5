import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from 'vitest';

import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const SCRIPT = fileURLToPath(new URL('takeover/process.ts', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly said: () => number;
}

describeEachDatabase('The services of two processes', (db) => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const start = async (): Promise<Running> => {
    const { target } = db.ctx.settings.database;
    if (target.kind !== 'postgresql') throw new Error('Only PostgreSQL serves two processes.');
    const child = spawn(process.execPath, [SCRIPT, target.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const said = (): number => text.split('tick\n').length - 1;
    const started = { withinMillis: 30_000, what: 'a process that has started' };
    await waitFor(() => text.includes('started'), started);
    return { child, said };
  };

  test('go on in the other one when their leader is stopped, which has lost them when it wakes', async () => {
    const first = await start();
    await waitFor(() => first.said() > 0, { withinMillis: 10_000, what: 'the first leader' });
    const second = await start();
    const before = first.said();
    await waitFor(() => first.said() > before + 5, { withinMillis: 10_000, what: 'its ticks' });
    expect(second.said()).toBe(0);

    first.child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    await waitFor(() => second.said() > 0, { withinMillis: 20_000, what: 'the second leader' });
    const tookMillis = performance.now() - stoppedAt;
    // What it said before it was stopped may still be on its way.
    const atStop = first.said();

    first.child.kill('SIGCONT');
    const afterwards = second.said();
    await waitFor(() => second.said() > afterwards + 20, { withinMillis: 20_000, what: 'ticks' });
    expect(first.said()).toBe(atStop);
    expect(tookMillis).toBeLessThan(10_000);
  }, 90_000);
});
