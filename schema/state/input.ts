import type { JsonObject, JsonValue } from '#server/json.ts';
import {
  type ProposedState,
  type StateType as StateTypeName,
  defaultStateName,
} from '#server/orchestration/states.ts';

import { builder } from '../builder.ts';
import { StateType } from '../shared/enums.ts';

export const StateInput = builder.inputType('StateInput', {
  description: 'A state that is proposed for a run.',
  fields: (t) => ({
    type: t.field({ type: StateType, required: true, description: 'Its kind.' }),
    name: t.string({ description: 'Its name; that of its kind without one.' }),
    message: t.string({ description: 'Why, in words.' }),
    data: t.field({ type: 'JSON', description: 'The result, or what tells where it is kept.' }),
    details: t.field({
      type: 'JSONObject',
      description: 'What orchestration is to note about it, with keys as `scheduled_time`.',
    }),
    transitionId: t.id({ description: 'What makes a repetition of this proposal harmless.' }),
  }),
});

interface Given {
  readonly type: StateTypeName;
  readonly name?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly data?: JsonValue | undefined;
  readonly details?: JsonObject | null | undefined;
  readonly transitionId?: string | null | undefined;
}

/** The proposal that an input makes. */
export const toProposedState = (state: Given): ProposedState => ({
  type: state.type,
  name: state.name || defaultStateName(state.type),
  message: state.message ?? null,
  data: state.data ?? null,
  details: {
    ...state.details,
    ...(state.transitionId ? { transition_id: state.transitionId } : {}),
  },
});
