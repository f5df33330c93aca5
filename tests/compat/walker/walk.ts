import { setTimeout as pause } from 'node:timers/promises';

import type { Answer } from '#tests/support/replay/http-call.ts';

import { compareAnswers } from './compare.ts';
import type { WalkRequest } from './requests.ts';
import { Moments, Walker } from './walker.ts';

/** Addresses of the real server and of those that are compared with it, which differences tell by name. */
export interface WalkUrls {
  readonly real: string;
  readonly ours: Readonly<Record<string, string>>;
}

export interface WalkResult {
  /** How many answers had each pair of statuses, real one first: `201/201`. */
  readonly statuses: ReadonlyMap<string, number>;
  /** The same by operation. */
  readonly operations: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What differed, with the number of the step. */
  readonly differences: readonly string[];
  /** The whole answers that differed, below the request. */
  readonly answers: readonly string[];
  /** What only the real server failed to do: later answers may differ because of it. */
  readonly faults: readonly string[];
}

const RETRIES = 4;
const RETRY_PAUSE_MILLIS = 100;
const LOCKED = /OperationalError\) database is locked/u;

/** The real server fails now and then because others lock it out of its database. */
const insistently = async (
  walker: Walker,
  request: WalkRequest,
): Promise<{ readonly answer: Answer; readonly isRepeated: boolean }> => {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await walker.send(request);
    if (answer.status < 500 || attempt === RETRIES) return { answer, isRepeated: attempt > 0 };
    await pause(RETRY_PAUSE_MILLIS * attempt);
  }
};

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

interface Outcome {
  readonly pair: string;
  readonly differences: readonly string[];
  /** Whether only the real server failed to do what was asked. */
  readonly isFault: boolean;
  /** The two answers, where they could be compared. */
  readonly texts?: readonly [real: string, ours: string];
}

interface Expected {
  readonly walker: Walker;
  readonly answer: Answer;
  readonly isRepeated: boolean;
}

const judge = (
  request: WalkRequest,
  expected: Expected,
  actual: { readonly walker: Walker; readonly answer: Answer },
): Outcome => {
  const [wanted, given] = [expected.answer, actual.answer];
  const pair = `${wanted.status}/${given.status}`;
  // A fault of the real server is not worth copying; ours must refuse or do what was asked.
  if (wanted.status >= 500 && given.status < 500) {
    return { pair, differences: [], isFault: isSuccess(given) };
  }
  // It makes many runs in one call, of which others may keep some from it.
  if (LOCKED.test(wanted.text)) return { pair, differences: [], isFault: true };
  // Its first attempt may have done something before it failed.
  const isFault = expected.isRepeated && isSuccess(wanted) && isSuccess(given);
  const texts = [wanted.text, given.text] as const;
  if (wanted.status !== given.status) {
    const told = texts.map((text) => text.slice(0, 400)).join(' / ');
    return { pair, differences: [`status ${pair} ${told}`], isFault, texts };
  }
  return { pair, differences: compareAnswers(request, expected, actual), isFault, texts };
};

interface Walkers {
  readonly real: Walker;
  readonly ours: ReadonlyMap<string, Walker>;
}

const takeStep = async (
  { real, ours }: Walkers,
  request: WalkRequest,
): Promise<ReadonlyMap<string, Outcome>> => {
  const [{ answer, isRepeated }, ...given] = await Promise.all([
    insistently(real, request),
    ...Array.from(ours, async ([name, walker]) => ({
      name,
      walker,
      answer: await walker.send(request),
    })),
  ]);
  const isAlike = given.every((one) => one.answer.status === answer.status);
  if (request.makes !== null && isSuccess(answer) && isAlike) {
    real.remember(request.makes, answer);
    for (const one of given) one.walker.remember(request.makes, one.answer);
  }
  const expected = { walker: real, answer, isRepeated };
  return new Map(given.map((actual) => [actual.name, judge(request, expected, actual)]));
};

const PATIENT_PAUSE_MILLIS = 1000;

/** Takes a step that may have to be taken again until the servers have caught up with each other. */
const takePatiently = async (
  walkers: Walkers,
  request: WalkRequest,
): Promise<ReadonlyMap<string, Outcome>> => {
  const until = performance.now() + (request.patienceSeconds ?? 0) * 1000;
  for (;;) {
    const outcomes = await takeStep(walkers, request);
    const isAlike = [...outcomes.values()].every(({ differences }) => differences.length === 0);
    if (isAlike || performance.now() >= until) return outcomes;
    await pause(PATIENT_PAUSE_MILLIS);
  }
};

const count = (counts: Map<string, number>, word: string): Map<string, number> =>
  counts.set(word, (counts.get(word) ?? 0) + 1);

/** Sends the same requests to all servers, one after the other, and tells where ours differ from the real one. */
export const walk = async (
  urls: WalkUrls,
  requests: readonly WalkRequest[],
): Promise<WalkResult> => {
  const moments = new Moments();
  const names = Object.entries(urls.ours);
  const ours = new Map(names.map(([name, url]) => [name, new Walker(url, moments)]));
  const walkers = { real: new Walker(urls.real, moments), ours };
  const statuses = new Map<string, number>();
  const operations = new Map<string, Map<string, number>>();
  const differences: string[] = [];
  const faults: string[] = [];
  const answers: string[] = [];
  const note = (where: string, outcome: Outcome): void => {
    count(statuses, outcome.pair);
    if (outcome.isFault) faults.push(where);
    const [wanted, given] = outcome.texts ?? [];
    if (outcome.differences.length > 0) answers.push(`${where}\n${wanted}\n${given}\n`);
    differences.push(...outcome.differences.map((line) => `${where}: ${line}`));
  };
  try {
    for (const [step, request] of requests.entries()) {
      if (request.waitSeconds !== undefined) await pause(request.waitSeconds * 1000);
      moments.note(step);
      const { operation = 'of stories', method, path, body } = request;
      const ofOperation = operations.get(operation) ?? new Map<string, number>();
      operations.set(operation, ofOperation);
      for (const [name, outcome] of await takePatiently(walkers, request)) {
        count(ofOperation, outcome.pair);
        note(`${name} ${step} ${method} ${path} ${body ?? ''}`, outcome);
      }
    }
  } finally {
    walkers.real.close();
    for (const walker of ours.values()) walker.close();
  }
  return { statuses, operations, differences, answers, faults };
};
