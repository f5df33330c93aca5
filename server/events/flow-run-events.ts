import type { FlowRunRow } from '#prisma/tables.ts';
import type { Part } from '#server/db/sql/run-together.ts';
import type { JsonObject } from '#server/json.ts';
import type { State } from '#server/orchestration/states.ts';
import { formatInstant, secondsBetween } from '#server/time.ts';

import type { Event } from './event.ts';
import { eventParts } from './record.ts';
import { type RelatedData, flowRunRelatedResources } from './related-resources.ts';

/** Some put whole results into the message of a state; an event carries only its ends. */
const MESSAGE_LENGTH = 100_000;
/** States further apart than this are in no danger of being seen in the wrong order. */
const FOLLOWS_WITHIN_SECONDS = 300;

export interface FlowRunStateChange {
  readonly run: FlowRunRow;
  readonly initial: State | null;
  readonly validated: State;
  readonly related: RelatedData;
}

/** A long message without its middle, and how much of it that was. */
const truncated = (message: string): string => {
  if (message.length <= MESSAGE_LENGTH) return message;
  const half = MESSAGE_LENGTH / 2;
  const omitted = message.length - 2 * half;
  const kept = `${message.slice(0, half)}...${omitted} additional characters...${message.slice(-half)}`;
  return kept.length < message.length ? kept : message;
};

const statePayload = (state: State): JsonObject => ({
  type: state.type,
  name: state.name,
  ...(state.message === null || state.message === '' ? {} : { message: truncated(state.message) }),
  ...(state.type === 'PAUSED'
    ? { pause_reschedule: String(state.details['pause_reschedule'] === true) }
    : {}),
});

const isTight = (initial: State, validated: State): boolean =>
  Math.abs(secondsBetween(initial.timestamp, validated.timestamp)) < FOLLOWS_WITHIN_SECONDS;

/** The event of a flow run that entered a state; its id is the state's, which puts such events in their order. */
const flowRunStateChanged = ({ run, initial, validated, related }: FlowRunStateChange): Event => ({
  id: validated.id,
  occurred: validated.timestamp,
  event: `prefect.flow-run.${validated.name}`,
  resource: {
    'prefect.resource.id': `prefect.flow-run.${run.id}`,
    'prefect.resource.name': run.name,
    'prefect.run-count': String(run.runCount),
    'prefect.state-message': truncated(validated.message ?? ''),
    'prefect.state-name': validated.name,
    'prefect.state-timestamp': formatInstant(validated.timestamp).replace('Z', '+00:00'),
    'prefect.state-type': validated.type,
  },
  related: flowRunRelatedResources(run, related),
  payload: {
    intended: { from: initial?.type ?? null, to: validated.type },
    initial_state: initial === null ? null : statePayload(initial),
    validated_state: statePayload(validated),
  },
  follows: initial !== null && isTight(initial, validated) ? initial.id : null,
});

/** The writes of the event of a flow run's new state, to be run together with the state's own. */
export const flowRunEventParts = (change: FlowRunStateChange): readonly Part[] =>
  eventParts(flowRunStateChanged(change));
