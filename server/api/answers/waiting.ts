import { z } from 'zod';

import { type WaitingKind, WAITING_KINDS } from '#server/queries/waiting/reason.ts';

import { anyObject, id, instant, integer } from './parts.ts';
import { stateTypeAnswer } from './state.ts';

// The keys of an object are known to be its own.
const kinds = Object.keys(WAITING_KINDS) as WaitingKind[];

const subjectAnswer = z
  .object({
    type: z.enum(['work-pool', 'work-queue', 'deployment', 'concurrency-limit']),
    id,
    name: z.string(),
  })
  .meta({ id: 'WaitingSubject' });

const holderAnswer = z
  .object({
    type: z.enum(['flow-run', 'task-run']),
    id,
    name: z.string(),
    state_type: stateTypeAnswer,
  })
  .meta({ id: 'WaitingHolder' });

export const waitingAnswer = z.array(
  z
    .object({
      kind: z.enum(kinds),
      message: z.string(),
      subject: subjectAnswer.nullable(),
      since: instant.nullable(),
      until: instant.nullable(),
      last_seen: instant.nullable(),
      limit: integer.nullable(),
      active_slots: integer.nullable(),
      holders: z.array(holderAnswer),
      place: integer.nullable(),
      is_place_at_least: z.boolean(),
      input_keyset: anyObject.nullable(),
    })
    .meta({ id: 'WaitingReason' }),
);
