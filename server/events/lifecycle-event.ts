import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { type Event, type EventResource, RESOURCE_ID } from './event.ts';

export interface Lifecycle {
  /** The kind of the resource as event names spell it: `block-document`. */
  readonly kind: string;
  readonly action: 'created' | 'updated' | 'deleted';
  readonly id: string;
  readonly name: string | null;
  readonly payload: JsonObject;
  readonly related?: readonly EventResource[];
}

/** The event `prefect.<kind>.<action>` about one resource. */
export const lifecycleEvent = ({ kind, action, id, name, payload, related }: Lifecycle): Event => ({
  id: newId(),
  occurred: nowMicros(),
  event: `prefect.${kind}.${action}`,
  resource: {
    [RESOURCE_ID]: `prefect.${kind}.${id}`,
    ...(name === null ? {} : { 'prefect.resource.name': name }),
  },
  related: related ?? [],
  payload,
  follows: null,
});
