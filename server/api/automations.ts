import { z } from 'zod';

import type { AutomationRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readRelatedAutomations } from '#server/db/sql/read-related-automations.ts';
import { formatInstant } from '#server/time.ts';

import { automationAnswer } from './answers/automation.ts';
import { answer } from './reply.ts';
import { type Route, route } from './route.ts';

const automationToWire = (automation: AutomationRow) => ({
  name: automation.name,
  description: automation.description,
  enabled: automation.enabled,
  tags: automation.tags,
  trigger: automation.trigger,
  actions: automation.actions,
  actions_on_trigger: automation.actionsOnTrigger,
  actions_on_resolve: automation.actionsOnResolve,
  id: automation.id,
  created: formatInstant(automation.created),
  updated: formatInstant(automation.updated),
});

/** What clients ask about the automations of a thing that they look at. */
export const automationRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/automations/related-to/{resource_id}',
    answers: z.array(automationAnswer),
    handle: async ({ param }) => {
      const related = await ctx.db.read(() => rows(readRelatedAutomations(param('resource_id'))));
      return answer(related.map(automationToWire));
    },
  }),
];
