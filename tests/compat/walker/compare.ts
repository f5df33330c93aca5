import { compareJson, compareText } from '#tests/support/replay/compare-values.ts';
import type { Answer } from '#tests/support/replay/http-call.ts';
import { type Json, isJsonObject, parseJson } from '#tests/support/replay/lossless-json.ts';

import { type Page, groupsOf, pageOf } from './order.ts';
import type { WalkRequest } from './requests.ts';
import type { Walker } from './walker.ts';

/** Averages of what has gone on since differ by how far apart the two answers are. */
const AVERAGE = /\/lateness$/u;
const AVERAGE_TOLERANCE_SECONDS = 5;

type Compare = (expected: Json, actual: Json) => readonly string[];

/** Compares lists group by group, as far as both have the same order; the ends of a page may be parts of groups. */
const comparePages = (
  pages: { readonly expected: Page; readonly actual: Page },
  compare: Compare,
): readonly string[] => {
  const { expected, actual } = pages;
  if (expected.items.length !== actual.items.length) {
    return [`$: expected ${expected.items.length} items, got ${actual.items.length}`];
  }
  const wanted = groupsOf(expected);
  const given = groupsOf(actual);
  if (wanted === null || given === null) {
    return expected.isCut ? [] : compare(expected.items, actual.items);
  }
  const sizes = wanted.map((group) => group.length);
  const givenSizes = given.map((group) => group.length);
  if (sizes.join() !== givenSizes.join()) {
    return [`$: expected groups of ${sizes.join()}, got ${givenSizes.join()}`];
  }
  return wanted.flatMap((group, index) => {
    const isEnd = index === 0 || index === wanted.length - 1;
    if (expected.isCut && isEnd) return [];
    return compare(group, given[index] ?? []).map((line) => `group ${index} ${line}`);
  });
};

/** Where a list of events goes on is told in a way that only the server itself can read. */
const withoutToken = (answer: Json): Json =>
  isJsonObject(answer) && typeof answer['next_page'] === 'string'
    ? { ...answer, next_page: answer['next_page'].replace(/[^/]+$/u, '').replace(/:\d+/u, '') }
    : answer;

/** How the answers of the two servers to one request differ; order counts where the request asks for one. */
export const compareAnswers = (
  request: WalkRequest,
  real: { readonly walker: Walker; readonly answer: Answer },
  ours: { readonly walker: Walker; readonly answer: Answer },
): readonly string[] => {
  const comparison = {
    expectedIds: real.walker.names,
    actualIds: ours.walker.names,
    replacements: new Map<string, string>(),
    isUnordered: request.isOrdered !== true,
    varies: [],
  };
  if (real.answer.headers['content-type'] !== 'application/json') {
    return compareText(
      { path: 'body', expected: real.answer.text, actual: ours.answer.text },
      comparison,
    );
  }
  const expected = withoutToken(parseJson(real.answer.text));
  const actual = withoutToken(parseJson(ours.answer.text));
  if (AVERAGE.test(request.path) && typeof expected === 'number' && typeof actual === 'number') {
    const isNear = Math.abs(expected - actual) < AVERAGE_TOLERANCE_SECONDS;
    return isNear ? [] : [`$: expected about ${expected}, got ${actual}`];
  }
  const compare: Compare = (one, other) =>
    compareJson({ expected: one, actual: other }, comparison);
  const pages = { expected: pageOf(request, expected), actual: pageOf(request, actual) };
  if (request.isOrdered === true || pages.expected === null || pages.actual === null) {
    return compare(expected, actual);
  }
  const lines = comparePages({ expected: pages.expected, actual: pages.actual }, compare);
  if (Array.isArray(expected) || Array.isArray(actual)) return lines;
  const { expected: one, actual: other } = withoutResults({ expected, actual });
  return [...lines, ...compare(one, other)];
};

const withoutResults = (answers: { readonly expected: Json; readonly actual: Json }) => ({
  expected: Object.assign({}, answers.expected, { results: null }),
  actual: Object.assign({}, answers.actual, { results: null }),
});
