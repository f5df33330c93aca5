/**
 * Asks the real library and ours for the dates of random schedules and compares them.
 *
 *   node tests/compat/compare-schedules.ts --python /path/to/venv/bin/python [--seed 1] [--count 2000]
 *
 * Prints what differs and how many are equal; ends with 1 when one differs that is not known to.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { isServerError } from '#server/errors.ts';
import { nextDates } from '#server/schedules/next-dates.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { parseInstant } from '#server/time.ts';

import { type Outcome, knownDifference } from './schedules/known-differences.ts';
import { type AskedSchedule, askedSchedules } from './schedules/random-schedules.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '2000' },
  },
});
if (values.python === undefined) throw new Error('Name a Python that has Prefect: --python …');

const instant = (text: string) => {
  const parsed = parseInstant(text);
  if (parsed === null) throw new Error(`${text} is no instant`);
  return parsed;
};

const issuesOf = (error: unknown): Outcome => {
  if (!isServerError(error, 'INVALID')) throw error;
  const issues = error.details?.['issues'];
  if (!Array.isArray(issues)) return { failed: error.message };
  return { refused: issues.map(({ loc, msg }) => [loc.map(String), msg]) };
};

const ourOutcome = ({ schedule, start, end, n }: AskedSchedule): Outcome => {
  try {
    const dates = nextDates(parseSchedule(schedule), {
      start: instant(start),
      count: n,
      ...(end === null ? {} : { end: instant(end) }),
    });
    return { dates: dates.map(({ local }) => local.replace(' ', 'T')) };
  } catch (error) {
    return issuesOf(error);
  }
};

const realOutcomes = async (asked: readonly AskedSchedule[]): Promise<readonly Outcome[]> => {
  const script = join(import.meta.dirname, 'python/schedule_dates.py');
  const child = spawn(values.python ?? '', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(asked.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const outcomes: Outcome[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const outcome: Outcome = JSON.parse(line);
    outcomes.push(outcome);
  }
  if (child.exitCode === null) await once(child, 'exit');
  return outcomes;
};

const asked = fc.sample(askedSchedules, {
  seed: Number(values.seed),
  numRuns: Number(values.count),
});
const real = await realOutcomes(asked);
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
for (const [index, one] of asked.entries()) {
  const expected = real[index] ?? { failed: 'no answer' };
  const given = ourOutcome(one);
  const [kind = ''] = Object.keys(expected);
  if (JSON.stringify(expected) === JSON.stringify(given)) {
    count(`equal: ${kind}`);
    continue;
  }
  const reason = knownDifference({ asked: one, expected, given });
  count(reason === null ? `DIFFERENT: ${kind}` : `known: ${reason}`);
  if (reason !== null) continue;
  console.log(JSON.stringify(one));
  console.log('  real', JSON.stringify(expected));
  console.log('  ours', JSON.stringify(given));
  process.exitCode = 1;
}
console.log(Object.fromEntries(counts));
