import type { Context } from '#server/context.ts';
import { isServerError } from '#server/errors.ts';
import type { Event } from '#server/events/event.ts';
import { parseEvent } from '#server/events/parse-event.ts';
import { newId } from '#server/ids.ts';
import { formatInstant } from '#server/time.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';

const MAX_EVENTS = 500;

const EventInput = builder.inputType('EventInput', {
  description: 'Something that happened.',
  fields: (t) => ({
    id: t.id({ description: 'Its id; one is made up without. A known one changes nothing.' }),
    occurred: t.field({ type: 'DateTime', required: true, description: 'When it happened.' }),
    event: t.string({ required: true, description: 'Its name.' }),
    resource: t.field({
      type: 'JSONObject',
      required: true,
      description: 'What it is about: texts by label, `prefect.resource.id` among them.',
    }),
    related: t.field({
      type: ['JSONObject'],
      description: 'What else has to do with it, each with a `prefect.resource.role`.',
    }),
    payload: t.field({ type: 'JSONObject', description: 'What more it tells.' }),
    follows: t.id({ description: 'The id of the event that must be looked at before it.' }),
  }),
});

type Given = typeof EventInput.$inferInput;

const toEvent = ({ settings }: Context, input: Given, index: number): Event => {
  try {
    return parseEvent(
      {
        id: input.id ?? newId(),
        occurred: formatInstant(input.occurred),
        event: input.event,
        resource: input.resource,
        related: input.related ?? [],
        payload: input.payload ?? {},
        follows: input.follows ?? null,
      },
      settings.events,
    );
  } catch (error) {
    if (!isServerError(error, 'INVALID')) throw error;
    const place = String(error.details['path']);
    throw new InvalidInput(error.message, [
      { message: error.message, path: ['events', String(index), place] },
    ]);
  }
};

defineMutation('emitEvents', {
  description: 'Tells of events, at most 500 at once. They are stored when this is answered.',
  input: (t) => ({
    events: t.field({ type: [EventInput], required: true, description: 'The events.' }),
  }),
  payload: definePayload<{ readonly accepted: number }>('emitEvents', (t) => ({
    accepted: t.exposeInt('accepted', { description: 'How many events were taken in.' }),
  })),
  errors: [InvalidInput],
  resolve: async ({ events }, { server }) => {
    if (events.length > MAX_EVENTS) {
      const message = `At most ${MAX_EVENTS} events are taken at once.`;
      throw new InvalidInput(message, [{ message, path: ['events'] }]);
    }
    const parsed = events.map((event, index) => toEvent(server, event, index));
    await Promise.all(
      parsed.map((event) => server.intake.add(event, JSON.stringify(event).length)),
    );
    return { accepted: parsed.length };
  },
});
