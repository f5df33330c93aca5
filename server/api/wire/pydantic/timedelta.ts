import { readDurationNumber, readDurationText } from '#server/duration.ts';
import { plainNumber } from '#server/lossless-json.ts';

import { type Refusal, refuse } from './refusal.ts';

/** Reads a length of time in seconds, from a number of them, ISO 8601 or a clock such as `1 day, 00:05:00`. */
export const readTimedelta = (given: unknown): number | Refusal => {
  const value = plainNumber(given);
  if (typeof value !== 'number' && typeof value !== 'string') {
    return refuse('time_delta_type', 'Input should be a valid duration');
  }
  const reading = typeof value === 'number' ? readDurationNumber(value) : readDurationText(value);
  if ('seconds' in reading) return reading.seconds;
  const { problem: error } = reading;
  return refuse('time_delta_parsing', `Input should be a valid duration, ${error}`, { error });
};
