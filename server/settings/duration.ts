import { Temporal } from 'temporal-polyfill';

import { readDurationText } from '#server/duration.ts';

const PLAIN = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Seconds of a plain number, an ISO 8601 duration (`PT1H`) or a clock (`2 days, 01:30:00`); null when the text is none. */
export const parseDurationSeconds = (text: string): number | null => {
  const trimmed = text.trim();
  if (PLAIN.test(trimmed)) return Number(trimmed);
  const reading = readDurationText(trimmed);
  return 'seconds' in reading ? reading.seconds : null;
};

/** A number of seconds as the ISO 8601 duration that Prefect prints, such as `P1DT2H` or `PT0S`. */
export const formatDuration = (totalSeconds: number): string =>
  Temporal.Duration.from({ microseconds: Math.round(totalSeconds * 1e6) })
    .round({ largestUnit: 'days' })
    .toString();
