import { z } from 'zod';

import { anyObject, id, instant, integer, nullable } from './parts.ts';

const resourceAnswer = z.record(z.string(), z.string()).meta({ id: 'Resource' });

const relatedResourceAnswer = z.record(z.string(), z.string()).meta({ id: 'RelatedResource' });

const receivedEventAnswer = z
  .object({
    occurred: instant,
    event: z.string(),
    resource: resourceAnswer,
    related: z.array(relatedResourceAnswer).optional(),
    payload: anyObject.optional(),
    id,
    follows: nullable(id),
    received: instant.optional(),
  })
  .meta({ id: 'ReceivedEvent' });

export const eventPageAnswer = z
  .object({
    events: z.array(receivedEventAnswer),
    total: integer,
    next_page: z.string().meta({ format: 'uri' }).min(1).nullable(),
  })
  .meta({ id: 'EventPage' });

export const eventCountAnswer = z
  .object({
    value: z.string(),
    label: z.string(),
    count: integer,
    start_time: instant,
    end_time: instant,
  })
  .meta({ id: 'EventCount' });
