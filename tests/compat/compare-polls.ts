/**
 * Plays random stories on a real server and on ours and compares all answers: of work pools, their queues and workers,
 * above all which runs polls are given and in which order, or of limits and what takes their slots.
 *
 *   node tests/compat/compare-polls.ts --real http://… --ours http://… [--about polls|slots] [--seed 1] [--count 20]
 *
 * Both servers are best started empty and without services. For polls the real one is best on SQLite: on PostgreSQL it
 * leaves the runs of paused queues out when it counts the slots of a pool. For slots it is best on PostgreSQL: on SQLite
 * it locks itself out. Prints what differs; ends with 1 when something differs that is not known to.
 */
import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { pollStory } from './polls/random-polls.ts';
import { slotStory } from './polls/random-slots.ts';
import { KNOWN_WALK_DIFFERENCES } from './walker/known-differences.ts';
import { type WalkResult, walk } from './walker/walk.ts';

const { values } = parseArgs({
  options: {
    real: { type: 'string' },
    ours: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '20' },
    about: { type: 'string', default: 'polls' },
  },
});
if (values.real === undefined || values.ours === undefined) {
  throw new Error('Name both servers: --real http://… --ours http://…');
}

/** A run that the real server lets go ahead although all slots of its pool or queue are taken; from here on they differ. */
const PARTING = /set_state \{"state":\{"type":"PENDING"\}.*status 201\/200/u;

/** Lines begin with the name of a server. */
const stepOf = (line: string): number => Number.parseInt(line.replace(/^\S+ /u, ''), 10);

/** What differs before the servers part, also where only the real one failed to do what was asked. */
const untilParting = ({ differences, faults }: WalkResult): readonly string[] => {
  const partings = [...faults, ...differences.filter((line) => PARTING.test(line))];
  const first = Math.min(...partings.map(stepOf));
  return differences.filter((line) => stepOf(line) < first);
};

const story = values.about === 'slots' ? slotStory : pollStory;
const urls = { real: values.real, ours: { ours: values.ours } };
const first = Number(values.seed) * 1000;
const totals = new Map<string, number>();
for (let number = first; number < first + Number(values.count); number += 1) {
  const [steps = []] = fc.sample(story(number), { seed: number, numRuns: 1 });
  const walked = await walk(urls, steps);
  for (const [pair, count] of walked.statuses) totals.set(pair, (totals.get(pair) ?? 0) + count);
  const unexplained = untilParting(walked).filter(
    (line) => !KNOWN_WALK_DIFFERENCES.some(({ lines }) => lines.test(line)),
  );
  for (const line of unexplained) {
    console.log(`story ${number}, step ${line}`);
    process.exitCode = 1;
  }
}
console.log(Object.fromEntries(totals));
