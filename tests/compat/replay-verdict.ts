import type { Outcome } from '#tests/support/replay/play.ts';

import { notBuiltTemplate } from './not-built.ts';

type Known = Readonly<Record<string, string>>;

const keyOf = ({ exchange }: Outcome): string => `${exchange.file}:${exchange.seq}`;

const isNotFound = ({ exchange, answer }: Outcome): boolean =>
  answer?.status === 404 &&
  (exchange.method === 'HEAD' || answer.text === '{"detail":"Not Found"}');

/** Variables whose source is not built or known to differ; lines that need them cannot be sent. */
const variablesThatNeverCome = (outcomes: readonly Outcome[], known: Known): ReadonlySet<string> =>
  new Set(
    outcomes
      .filter((outcome) => isExcused(outcome, known) || outcome.missing.length > 0)
      .flatMap(({ exchange }) => Object.keys(exchange.save)),
  );

const isExcused = (outcome: Outcome, known: Known): boolean =>
  notBuiltTemplate(outcome.exchange.path) !== null || keyOf(outcome) in known;

const CLOCK_BUCKETS = /^\/api\/events\/count-by\/(day|time)$/u;

const totalOf = (text: string): number =>
  (JSON.parse(text) as readonly { readonly count: number }[]).reduce(
    (total, { count }) => total + count,
    0,
  );

/**
 * Whether an answer differs only in which hour or day its events fall into: a replay that passes a full hour on the
 * way counts the same events in other buckets.
 */
const isOfAnotherHour = ({ exchange, answer }: Outcome): boolean =>
  CLOCK_BUCKETS.test(exchange.path) &&
  exchange.status === 200 &&
  answer?.status === 200 &&
  exchange.answer !== null &&
  'json' in exchange.answer &&
  totalOf(answer.text) === totalOf(JSON.stringify(exchange.answer.json));

const judge = (
  outcome: Outcome,
  { known, neverCome }: { readonly known: Known; readonly neverCome: ReadonlySet<string> },
): string | null => {
  const { exchange, differences, missing } = outcome;
  const template = notBuiltTemplate(exchange.path);
  const label = `${keyOf(outcome)} ${exchange.name} (${exchange.method} ${exchange.path})`;
  if (missing.length > 0) {
    const unexplained = missing.filter((name) => !neverCome.has(name));
    return unexplained.length === 0 ? null : `${label}: ${unexplained.join(', ')} never came`;
  }
  // The preflight of CORS is answered before the address is looked at.
  const isPreflight = exchange.method === 'OPTIONS' && exchange.status === 200;
  if (template !== null && !isPreflight) {
    if (isNotFound(outcome)) return null;
    return `${label}: ${template} is listed as not built, but answered ${outcome.answer?.status}`;
  }
  if (differences.length > 0 && isOfAnotherHour(outcome)) return null;
  if (differences.length > 0 && !(keyOf(outcome) in known)) {
    return [label, ...differences.slice(0, 6)].join('\n    ');
  }
  if (differences.length === 0 && keyOf(outcome) in known) {
    return `${label}: is listed as a known difference, but no longer differs`;
  }
  return null;
};

/**
 * What is wrong with a replay, one text a line, given the differences that are known; empty when
 * everything is as it should be.
 */
export const faultsOf = (outcomes: readonly Outcome[], known: Known): readonly string[] => {
  const neverCome = variablesThatNeverCome(outcomes, known);
  return outcomes
    .map((outcome) => judge(outcome, { known, neverCome }))
    .filter((fault) => fault !== null);
};

/** The known differences that name no recorded line. */
export const unknownKeys = (outcomes: readonly Outcome[], known: Known): readonly string[] => {
  const keys = new Set(outcomes.map(keyOf));
  return Object.keys(known).filter((key) => !keys.has(key));
};
