import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

/** How far back a filter looks that does not say. */
const DEFAULT_DAYS = 180;
const SECONDS_PER_DAY = 86_400;

const startOfDay = (instant: Micros): Micros =>
  addSeconds(instant, -((instant / 1_000_000) % SECONDS_PER_DAY));

interface Range {
  readonly since: Micros;
  readonly until: Micros;
}

/** The time that a filter of events is about: without bounds half a year back and up to the present. */
export const eventRange = ({
  since,
  until,
}: {
  readonly [Bound in keyof Range]?: Micros | null | undefined;
}): Range => {
  const now = nowMicros();
  return {
    since: since ?? addSeconds(startOfDay(now), -DEFAULT_DAYS * SECONDS_PER_DAY),
    until: until ?? now,
  };
};
