import { Refusal, type Schema, refuse, refuseValue, schemaOf } from '../pydantic/refusal.ts';
import { readTimedelta } from '../pydantic/timedelta.ts';

const MICROS = 1_000_000;

/** Reads a length of time in seconds, to the microsecond. */
export const readSeconds = (value: unknown): number | Refusal => {
  const seconds = readTimedelta(typeof value === 'boolean' ? Number(value) : value);
  if (!(seconds instanceof Refusal)) return Math.round(seconds * MICROS) / MICROS;
  // Prefect's server reads bodies in another mode of pydantic than the one that speaks of durations.
  return new Refusal(
    seconds.reasons.map((reason) => ({
      ...reason,
      msg: reason.msg.replace('a valid duration', 'a valid timedelta'),
    })),
  );
};

const DURATION = { anyOf: [{ type: 'number' }, { type: 'string', format: 'duration' }] };

const DELAY = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', format: 'duration' },
  ],
};

export const seconds: Schema<number> = schemaOf(readSeconds, DURATION);

/** A length of time of which pydantic says that it may not be negative. */
export const secondsFromZero: Schema<number> = schemaOf(
  (value) => {
    const read = readSeconds(value);
    if (read instanceof Refusal || read >= 0) return read;
    return refuse('greater_than_equal', 'Input should be greater than or equal to 0 seconds', {
      ge: '0 seconds',
    });
  },
  { ...DURATION, minimum: 0 },
);

/** One of which Prefect says so. */
export const delaySeconds: Schema<number> = schemaOf((value) => {
  const read = readSeconds(value);
  if (read instanceof Refusal || read >= 0) return read;
  return refuseValue('schedule_after must be non-negative');
}, DELAY);
