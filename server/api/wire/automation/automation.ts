import { loopFault } from '#server/automations/definition/faults.ts';

import { checked } from '../pydantic/refusal.ts';
import { boolean, choice, text } from '../pydantic/scalar.ts';
import { model, texts } from '../pydantic/shapes.ts';
import { actions } from './action.ts';
import { trigger } from './trigger.ts';

/** The body that makes an automation. */
export const newAutomation = checked(
  model({
    name: text(),
    description: text().default(''),
    enabled: boolean.default(true),
    tags: texts.default([]),
    trigger,
    actions,
    actions_on_trigger: actions.default([]),
    actions_on_resolve: actions.default([]),
    owner_resource: text().nullable().default(null),
  }),
  loopFault,
);

/** The body that replaces an automation; what is left out stays as it was. */
export const automationReplacement = checked(
  model({
    name: text(),
    description: text().optional().meta({ default: '' }),
    enabled: boolean.optional().meta({ default: true }),
    tags: texts.optional(),
    trigger,
    actions,
    actions_on_trigger: actions.optional(),
    actions_on_resolve: actions.optional(),
  }),
  // Prefect looks for loops in what was sent, as if what was left out had its first value.
  ({ enabled = true, ...sent }) => loopFault({ enabled, ...sent }),
);

/** The body that switches an automation on or off; nothing in it changes nothing. */
export const automationSwitch = model({
  enabled: boolean.optional().meta({ default: true }),
});

export const automationSort = choice([
  'CREATED_DESC',
  'UPDATED_DESC',
  'NAME_ASC',
  'NAME_DESC',
]).default('NAME_ASC');
