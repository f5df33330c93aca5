import { type Event, RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import type { EventLimits } from '#server/events/parse-event.ts';

import { optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import { type Schema, checked } from './pydantic/refusal.ts';
import { text, uuid } from './pydantic/scalar.ts';
import { dictionary, dictionaryOf, list, openModel } from './pydantic/shapes.ts';

const resource = ({ maximumLabelsPerResource: most }: EventLimits) =>
  checked(dictionaryOf(text()), (labels) => {
    if (labels[RESOURCE_ID] === undefined) return `Resources must include the ${RESOURCE_ID} label`;
    if (Object.keys(labels).length <= most) return null;
    return `The maximum number of labels per resource is ${most}`;
  });

const relatedResource = (limits: EventLimits) =>
  checked(resource(limits), (labels) =>
    labels[RESOURCE_ROLE] === undefined
      ? `Related Resources must include the ${RESOURCE_ROLE} label`
      : null,
  );

const related = (limits: EventLimits) =>
  checked(list(relatedResource(limits)), (resources) =>
    resources.length > limits.maximumRelatedResources
      ? `The maximum number of related resources is ${limits.maximumRelatedResources}`
      : null,
  );

/** Events as clients send them in a body. */
export const newEvents = (limits: EventLimits): Schema<readonly Event[]> => {
  const event = openModel({
    occurred: datetime,
    event: text({
      fault: (name) =>
        name.length > limits.maximumEventNameLength
          ? `Event name must be at most ${limits.maximumEventNameLength} characters`
          : null,
    }),
    resource: resource(limits),
    related: related(limits).default([]),
    payload: dictionary.default({}),
    id: uuid,
    follows: optional(uuid),
  });
  return list(event.transform((given): Event => ({ ...given, follows: given.follows ?? null })));
};
