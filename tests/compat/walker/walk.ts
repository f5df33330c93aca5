import { setTimeout as pause } from 'node:timers/promises';

import type { Answer } from '#tests/support/replay/http-call.ts';

import { compareAnswers } from './compare.ts';
import type { WalkRequest } from './requests.ts';
import { Moments, Walker } from './walker.ts';

/** Addresses of the two servers. */
export interface WalkUrls {
  readonly real: string;
  readonly ours: string;
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

interface Pair {
  readonly real: Walker;
  readonly ours: Walker;
}

const takeStep = async ({ real, ours }: Pair, request: WalkRequest): Promise<Outcome> => {
  const [{ answer: expected, isRepeated }, actual] = await Promise.all([
    insistently(real, request),
    ours.send(request),
  ]);
  const pair = `${expected.status}/${actual.status}`;
  // A fault of the real server is not worth copying; ours must refuse or do what was asked.
  if (expected.status >= 500 && actual.status < 500) {
    return { pair, differences: [], isFault: isSuccess(actual) };
  }
  // Its first attempt may have done something before it failed.
  const isFault = isRepeated && isSuccess(expected) && isSuccess(actual);
  if (expected.status !== actual.status) {
    const texts = `${expected.text.slice(0, 400)} / ${actual.text.slice(0, 400)}`;
    return { pair, differences: [`status ${pair} ${texts}`], isFault };
  }
  if (request.makes !== null && isSuccess(expected)) {
    real.remember(request.makes, expected);
    ours.remember(request.makes, actual);
  }
  const differences = compareAnswers(
    request,
    { walker: real, answer: expected },
    { walker: ours, answer: actual },
  );
  return { pair, differences, isFault, texts: [expected.text, actual.text] };
};

const count = (counts: Map<string, number>, word: string): Map<string, number> =>
  counts.set(word, (counts.get(word) ?? 0) + 1);

/** Sends the same requests to both servers, one after the other, and tells where the answers differ. */
export const walkBoth = async (
  urls: WalkUrls,
  requests: readonly WalkRequest[],
): Promise<WalkResult> => {
  const moments = new Moments();
  const both = { real: new Walker(urls.real, moments), ours: new Walker(urls.ours, moments) };
  const statuses = new Map<string, number>();
  const operations = new Map<string, Map<string, number>>();
  const differences: string[] = [];
  const faults: string[] = [];
  const answers: string[] = [];
  try {
    for (const [step, request] of requests.entries()) {
      if (request.waitSeconds !== undefined) await pause(request.waitSeconds * 1000);
      moments.note(step);
      const outcome = await takeStep(both, request);
      count(statuses, outcome.pair);
      const { operation = 'of stories' } = request;
      const ofOperation = operations.get(operation) ?? new Map<string, number>();
      operations.set(operation, count(ofOperation, outcome.pair));
      const where = `${step} ${request.method} ${request.path} ${request.body ?? ''}`;
      if (outcome.isFault) faults.push(where);
      const [wanted, given] = outcome.texts ?? [];
      if (outcome.differences.length > 0) answers.push(`${where}\n${wanted}\n${given}\n`);
      differences.push(...outcome.differences.map((line) => `${where}: ${line}`));
    }
  } finally {
    both.real.close();
    both.ours.close();
  }
  return { statuses, operations, differences, answers, faults };
};
