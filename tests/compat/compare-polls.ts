/**
 * Plays random stories of work pools, their queues and workers on a real server and on ours and compares all answers,
 * above all which runs polls are given and in which order.
 *
 *   node tests/compat/compare-polls.ts --real http://… --ours http://… [--seed 1] [--count 20]
 *
 * Both servers are best started empty and without services, the real one on SQLite: on PostgreSQL it leaves the runs
 * of paused queues out when it counts the slots of a pool. Prints what differs; ends with 1 when something differs that
 * is not known to.
 */
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { pollStory } from './polls/random-polls.ts';
import { KNOWN_WALK_DIFFERENCES } from './walker/known-differences.ts';
import { walkBoth } from './walker/walk.ts';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    ours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '20' },
  },
});
if (values.real === undefined || values.ours === undefined) {
  throw new Error('Name both servers: --real http://… --ours http://…');
}

/** A run that the real server lets go ahead although all slots of its pool or queue are taken; from here on they differ. */
const PARTING = /set_state \{"state":\{"type":"PENDING"\}.*status 201\/200/u;

const untilParting = (differences: readonly string[]): readonly string[] => {
  const parting = differences.findIndex((line) => PARTING.test(line));
  return parting === -1 ? differences : differences.slice(0, parting);
};

const urls = { real: values.real, ours: values.ours };
const first = Number(values.seed) * 1000;
const totals = new Map<string, number>();
for (let number = first; number < first + Number(values.count); number += 1) {
  const [steps = []] = fc.sample(pollStory(number), { seed: number, numRuns: 1 });
  const { statuses, differences } = await walkBoth(urls, steps);
  for (const [pair, count] of statuses) totals.set(pair, (totals.get(pair) ?? 0) + count);
  const unexplained = untilParting(differences).filter(
    (line) => !KNOWN_WALK_DIFFERENCES.some(({ lines }) => lines.test(line)),
  );
  for (const line of unexplained) {
    console.log(`story ${number}, step ${line}`);
    process.exitCode = 1;
  }
}
console.log(Object.fromEntries(totals));
