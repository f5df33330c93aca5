import type { JsonObject, JsonValue } from '#server/json.ts';
import { type Micros, formatInstant, parseInstant } from '#server/time.ts';

import type { State } from './states.ts';

type Detailed = Pick<State, 'details'>;

/** A detail of a state that is text; null when it is absent. */
export const detailText = ({ details }: Detailed, key: string): string | null => {
  const value = details[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A detail of a state that is an instant; null when it is absent. */
export const detailInstant = (state: Detailed, key: string): Micros | null =>
  parseInstant(detailText(state, key) ?? '');

/** Whether a detail of a state is true, which an absent one is not. */
export const isDetailTrue = ({ details }: Detailed, key: string): boolean => details[key] === true;

/** The same state with some of its details replaced. */
export const withDetails = <Given extends Detailed>(
  state: Given,
  details: Readonly<Record<string, JsonValue>>,
): Given => ({ ...state, details: { ...state.details, ...details } });

/** The same details, due at an instant. */
export const dueAt = (instant: Micros, details: JsonObject = {}): JsonObject => ({
  ...details,
  scheduled_time: formatInstant(instant),
});
