import { readFileSync } from 'node:fs';

import { isServerError } from '#server/errors.ts';
import { nextDates } from '#server/schedules/next-dates.ts';
import type { Schedule } from '#server/schedules/schedule.ts';
import { parseInstant, type Micros } from '#server/time.ts';

/** The lines of a recorded table of inputs and results. */
export const vectors = <Line>(name: string): readonly Line[] =>
  readFileSync(new URL(`../../reference/vectors/${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    // The files are data that never change.
    .map((line) => JSON.parse(line) as Line);

export const instant = (text: string): Micros => {
  const parsed = parseInstant(text);
  if (parsed === null) throw new Error(`${text} is no instant`);
  return parsed;
};

export interface Asked {
  readonly start: string;
  readonly n?: number | null | undefined;
  readonly end?: string | null | undefined;
}

/** The dates in the spelling of the tables: `2026-01-01T00:00:00-05:00`. */
export const datesOf = (schedule: Schedule, { start, n, end }: Asked): string[] =>
  nextDates(schedule, {
    start: instant(start),
    count: n ?? undefined,
    end: typeof end === 'string' ? instant(end) : undefined,
  }).map(({ local }) => local.replace(' ', 'T'));

/** What the real server refuses an input with: errors of a model, or the text of an exception. */
export type RecordedError = readonly { readonly type: string; readonly msg: string }[] | string;

/** The message of a refusal as a caller of ours sees it. */
const refusalText = (error: RecordedError): string =>
  typeof error === 'string'
    ? error.replace(/^\w+: /, '')
    : error.map(({ msg }) => msg.replace('Value error, ', '')).join('; ');

/** What something gives, or the message with which it is refused as invalid; any other error is a failure. */
export const outcomeOf = <T>(ask: () => T): T | { readonly refused: string } => {
  try {
    return ask();
  } catch (error) {
    if (isServerError(error, 'INVALID')) return { refused: error.message };
    throw error;
  }
};

export const refused = (error: RecordedError): { readonly refused: string } => ({
  refused: refusalText(error),
});
