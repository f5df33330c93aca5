import { ServerError } from '#server/errors.ts';
import { parseId } from '#server/ids.ts';
import { type JsonObject, isJsonObject } from '#server/json.ts';
import { type Micros, parseInstant } from '#server/time.ts';

import { type Event, type EventResource, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';

export interface EventLimits {
  readonly maximumEventNameLength: number;
  readonly maximumLabelsPerResource: number;
  readonly maximumRelatedResources: number;
}

const invalid = (path: string, message: string): ServerError =>
  new ServerError('INVALID', `Invalid event: ${path} ${message}`, { details: { path } });

const requireText = (value: unknown, path: string): string => {
  if (typeof value === 'string') return value;
  throw invalid(path, 'must be text');
};

const requireInstant = (value: unknown, path: string): Micros => {
  const instant = parseInstant(requireText(value, path));
  if (instant === null) throw invalid(path, 'must be an ISO 8601 date-time');
  return instant;
};

const requireId = (value: unknown, path: string): string => {
  const id = parseId(requireText(value, path));
  if (id === null) throw invalid(path, 'must be a UUID');
  return id;
};

const requireResource = (value: unknown, path: string, limits: EventLimits): EventResource => {
  if (!isJsonObject(value)) throw invalid(path, 'must be an object of labels');
  const labels = Object.entries(value);
  if (labels.length > limits.maximumLabelsPerResource) {
    throw invalid(path, `has more than ${limits.maximumLabelsPerResource} labels`);
  }
  const resource = Object.fromEntries(
    labels.map(([name, label]) => [name, requireText(label, `${path}.${name}`)]),
  );
  if (resource[RESOURCE_ID] === undefined) throw invalid(path, `lacks the label ${RESOURCE_ID}`);
  return resource;
};

const requireRelated = (value: unknown, limits: EventLimits): readonly EventResource[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid('related', 'must be a list');
  if (value.length > limits.maximumRelatedResources) {
    throw invalid('related', `has more than ${limits.maximumRelatedResources} resources`);
  }
  return value.map((item, index) => {
    const resource = requireResource(item, `related.${index}`, limits);
    if (resource[RESOURCE_ROLE] === undefined)
      throw invalid(`related.${index}`, `lacks the label ${RESOURCE_ROLE}`);
    return resource;
  });
};

/** Reads an event as clients send it. Checked by hand: a schema library costs as much as storing the event. */
export const parseEvent = (value: unknown, limits: EventLimits): Event => {
  if (!isJsonObject(value)) throw invalid('event', 'must be an object');
  const name = requireText(value['event'], 'event');
  if (name.length > limits.maximumEventNameLength) {
    throw invalid('event', `is longer than ${limits.maximumEventNameLength} characters`);
  }
  const payload: unknown = value['payload'] ?? {};
  if (!isJsonObject(payload)) throw invalid('payload', 'must be an object');
  const follows = value['follows'] ?? null;
  return {
    id: requireId(value['id'], 'id'),
    occurred: requireInstant(value['occurred'], 'occurred'),
    event: name,
    resource: requireResource(value['resource'], 'resource', limits),
    related: requireRelated(value['related'], limits),
    payload: payload satisfies JsonObject,
    follows: follows === null ? null : requireId(follows, 'follows'),
  };
};
