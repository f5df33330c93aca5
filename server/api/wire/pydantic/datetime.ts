import { instantOfNumber, readInstantText } from '#server/instant-text.ts';
import { plainNumber } from '#server/lossless-json.ts';
import type { Micros } from '#server/time.ts';

import { type Refusal, type Schema, refuse, refuseValue, schemaOf } from './refusal.ts';

/** Reads an instant from ISO text or a number of seconds or milliseconds; one without an offset counts as UTC. */
export const readDatetime = (given: unknown): Micros | Refusal => {
  const value = plainNumber(given);
  if (typeof value === 'number') return instantOfNumber(value);
  if (typeof value !== 'string') {
    return refuse('value_error', 'value is not a valid datetime');
  }
  return readInstantText(value) ?? refuseValue(`Unable to parse string [${value}]`);
};

const DESCRIPTION = { type: 'string', format: 'date-time' };

export const datetime: Schema<Micros> = schemaOf(readDatetime, DESCRIPTION);
