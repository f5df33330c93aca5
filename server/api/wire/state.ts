import type { JsonObject, JsonValue } from '#server/json.ts';
import {
  type ProposedState,
  STATE_TYPES,
  type State,
  defaultStateName,
} from '#server/orchestration/states.ts';
import { formatInstant } from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import { type Schema, describedAs } from './pydantic/refusal.ts';
import { boolean, choice, text, uuid } from './pydantic/scalar.ts';
import { anything, dictionaryOf, model, openModel } from './pydantic/shapes.ts';

const instantText: Schema<string> = describedAs(datetime.transform(formatInstant), () => datetime);

/** What every answer tells of a state's details, in Prefect's order and with its defaults. */
const DEFAULT_DETAILS: JsonObject = {
  flow_run_id: null,
  task_run_id: null,
  child_flow_run_id: null,
  scheduled_time: null,
  cache_key: null,
  cache_expiration: null,
  deferred: false,
  untrackable_result: false,
  pause_timeout: null,
  pause_reschedule: false,
  pause_key: null,
  run_input_keyset: null,
  refresh_cache: null,
  retriable: null,
  transition_id: null,
  task_parameters_id: null,
  traceparent: null,
  deployment_concurrency_lease_id: null,
};

const stateDetails = openModel({
  flow_run_id: optional(uuid),
  task_run_id: optional(uuid),
  child_flow_run_id: optional(uuid),
  scheduled_time: optional(instantText),
  cache_key: optional(text()),
  cache_expiration: optional(instantText),
  deferred: optional(boolean).meta({ default: false }),
  untrackable_result: boolean.optional().meta({ default: false }),
  pause_timeout: optional(instantText),
  pause_reschedule: boolean.optional().meta({ default: false }),
  pause_key: optional(text()),
  run_input_keyset: optional(dictionaryOf(text())),
  refresh_cache: optional(boolean),
  retriable: optional(boolean),
  transition_id: optional(uuid),
  task_parameters_id: optional(uuid),
  traceparent: optional(text()),
  deployment_concurrency_lease_id: optional(uuid),
}).transform((details): JsonObject => {
  const said: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(details)) {
    if (value !== undefined && value !== DEFAULT_DETAILS[key]) said[key] = value;
  }
  return said;
});

/** A state that somebody proposes; without a name it takes that of its type. */
export const proposedState: Schema<ProposedState> = model({
  type: choice(STATE_TYPES),
  name: optional(text()),
  message: optional(text()),
  data: optional(anything),
  state_details: stateDetails.default({}),
}).transform(({ type, name, message, data, state_details }) => ({
  type,
  name: name === null || name === undefined || name === '' ? defaultStateName(type) : name,
  message: message ?? null,
  details: state_details,
  data: data ?? null,
}));

export const stateToWire = (state: State) => ({
  id: state.id,
  type: state.type,
  name: state.name,
  timestamp: formatInstant(state.timestamp),
  message: state.message,
  data: state.data,
  state_details: { ...DEFAULT_DETAILS, ...state.details },
});

export const optionalStateToWire = (state: State | null) =>
  state === null ? null : stateToWire(state);
