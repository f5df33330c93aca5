/**
 * Measures reads of a large database, of one server or of two in turns:
 *
 *   node tests/bench/reads.ts --ours URL,PID[,PID] [--real URL,PID[,PID]] [--rounds 12] [--only TEXT]
 *
 * The addresses are those of running servers, the PIDs theirs and that of their database, whose CPU time is counted.
 * `seed.ts` fills a database for ours; see the README for the real one.
 */
import { parseArgs } from 'node:util';

import { viewHomePage } from './home-page.ts';
import { cpuSecondsOf } from './process-tree.ts';
import { readRequests } from './read-requests.ts';
import { quantile } from './statistics.ts';
import type { Target } from './target.ts';
import { ask, closeConnections } from './target.ts';

const { values } = parseArgs({
  options: {
    ours: { type: 'string' },
    real: { type: 'string' },
    rounds: { type: 'string', default: '12' },
    only: { type: 'string', default: '' },
  },
});

const targetOf = (name: Target['name'], text: string | undefined): readonly Target[] => {
  if (text === undefined) return [];
  const [url = '', ...pids] = text.split(',');
  return [{ name, url, pids: pids.map(Number) }];
};

const targets = [...targetOf('ours', values.ours), ...targetOf('real', values.real)];
const rounds = Number(values.rounds);

const figures = (millis: readonly number[]): string =>
  [0.5, 0.95].map((part) => quantile(millis, part).toFixed(1)).join(' / ');

/** Repeats one piece of work and gives a cell of the table: times and the CPU of one. */
const cell = async (target: Target, work: () => Promise<number>): Promise<string> => {
  await work();
  const before = cpuSecondsOf(target.pids);
  const millis: number[] = [];
  for (let round = 0; round < rounds; round += 1) millis.push(await work());
  const cpuMillis = ((cpuSecondsOf(target.pids) - before) * 1000) / rounds;
  return `${figures(millis)} · ${cpuMillis.toFixed(0)}`;
};

const say = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

const column = 'p50 / p95 ms · CPU ms';
say(['request', ...targets.map(({ name }) => `${name}: ${column}`), 'wanted p95, ms']);
say(['---', ...targets.map(() => '---'), '---']);

const requests = await Promise.all(targets.map(readRequests));
for (const [index, request] of (requests[0] ?? []).entries()) {
  if (!request.name.includes(values.only)) continue;
  const cells: string[] = [];
  for (const [at, target] of targets.entries()) {
    const { path, body } = requests[at]?.[index] ?? request;
    const work = async (): Promise<number> => {
      const reply = await ask(target, { method: 'POST', path, body: JSON.stringify(body()) });
      if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${reply.text}`);
      return reply.millis;
    };
    cells.push(await cell(target, work));
  }
  say([request.name, ...cells, String(request.maxMillis)]);
}

if ('home page'.includes(values.only)) {
  const cells: string[] = [];
  for (const target of targets) {
    let slowest = { name: '', millis: 0 };
    let calls = 0;
    const times = await cell(target, async () => {
      const page = await viewHomePage(target);
      calls = page.calls;
      if (page.slowest.millis > slowest.millis) slowest = page.slowest;
      return page.millis;
    });
    cells.push(`${times}, ${calls} calls, slowest ${slowest.millis.toFixed(0)} (${slowest.name})`);
  }
  say(['home page', ...cells, '500']);
}
closeConnections();
