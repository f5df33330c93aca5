import fc from 'fast-check';

import { isJsonObject, parseJson } from '#tests/support/replay/lossless-json.ts';

import type { Step } from '../walker/scenarios/step.ts';
import { Moments, Walker } from '../walker/walker.ts';
import { pollStory } from './random-polls.ts';

const POLL = /\/(?:get_scheduled_flow_runs|get_runs)$/u;
const STORIES = 40;

/** The names of the runs that an answer to a poll holds, in their order; the status where it is refused. */
const namesIn = ({ status, text }: { readonly status: number; readonly text: string }): string => {
  const json = parseJson(text);
  if (status !== 200 || !Array.isArray(json)) return `${status}`;
  const names = json.map((item) => {
    if (!isJsonObject(item)) return '?';
    const { name } = isJsonObject(item['flow_run']) ? item['flow_run'] : item;
    return typeof name === 'string' ? name : '?';
  });
  return names.join(' ');
};

const playStory = async (url: string, steps: readonly Step[]): Promise<readonly string[]> => {
  const walker = new Walker(url, new Moments());
  const offered: string[] = [];
  try {
    for (const step of steps) {
      // Nothing but changes and polls counts.
      if (step.method === 'GET' && step.makes === null) continue;
      const answer = await walker.send(step);
      if (step.makes !== null && answer.status < 300) walker.remember(step.makes, answer);
      if (POLL.test(step.path)) offered.push(namesIn(answer));
    }
  } finally {
    walker.close();
  }
  return offered;
};

/** Plays some stories of work pools on a server and gives what each of their polls was offered. */
export const playOffered = async (
  url: string,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const told: Record<string, readonly string[]> = {};
  for (let number = 1; number <= STORIES; number += 1) {
    const [steps = []] = fc.sample(pollStory(number), { seed: number, numRuns: 1 });
    told[`story ${number}`] = await playStory(url, steps);
  }
  return told;
};
