import type { JsonObject } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

/** What an event is about: labels by name, `prefect.resource.id` among them. */
export type EventResource = Readonly<Record<string, string>>;

/** Something that happened, as Prefect's event stream carries it. */
export interface Event {
  readonly id: string;
  readonly occurred: Micros;
  readonly event: string;
  readonly resource: EventResource;
  /** Other resources concerned, each with a `prefect.resource.role`. */
  readonly related: readonly EventResource[];
  readonly payload: JsonObject;
  /** The event that must be looked at before this one. */
  readonly follows: string | null;
}

export const RESOURCE_ID = 'prefect.resource.id';
export const RESOURCE_ROLE = 'prefect.resource.role';
