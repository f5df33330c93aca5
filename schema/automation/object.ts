import type { Automation as AutomationRow } from '#prisma/client/sqlite/client.ts';
import { storedActions, storedTrigger } from '#server/automations/definition/stored.ts';
import type { JsonValue } from '#server/json.ts';

import { builder } from '../builder.ts';
import { Deployment } from '../deployment/object.ts';
import { resolveConnection } from '../shared/connection.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { pageArguments } from '../shared/list-arguments.ts';
import { rowById } from '../shared/rows-by-ids.ts';
import { type JsonColumn, textsIn } from '../shared/values.ts';
import { AutomationAction, AutomationPauseAction } from './action.ts';
import { AUTOMATIONS } from './list.ts';
import { Trigger } from './trigger.ts';

// A JSON column holds JSON.
const triggerIn = (column: JsonColumn) => storedTrigger(column as JsonValue);

const actionsIn = (column: JsonColumn) => [...storedActions(column as JsonValue)];

const Automation = builder.prismaObject('Automation', {
  description: 'Something that the server does whenever a trigger fires.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: ({ id }) => `prefect.automation.${id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which others may have as well.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is switched on.' }),
    tags: t.stringList({
      description: 'Its tags.',
      select: { tags: true },
      resolve: ({ tags }) => textsIn(tags),
    }),
    trigger: t.field({
      type: Trigger,
      description: 'What it waits for.',
      select: { trigger: true },
      resolve: ({ trigger }) => triggerIn(trigger),
    }),
    actions: t.field({
      type: [AutomationAction],
      description: 'What it does when it fires.',
      select: { actions: true },
      resolve: ({ actions }) => actionsIn(actions),
    }),
    actionsOnTrigger: t.field({
      type: [AutomationAction],
      description: 'What it does as well when it begins to be triggered.',
      select: { actionsOnTrigger: true },
      resolve: ({ actionsOnTrigger }) => actionsIn(actionsOnTrigger),
    }),
    actionsOnResolve: t.field({
      type: [AutomationAction],
      description: 'What it does as well when it is no longer triggered.',
      select: { actionsOnResolve: true },
      resolve: ({ actionsOnResolve }) => actionsIn(actionsOnResolve),
    }),
  }),
});

export const AutomationConnection = defineConnection<AutomationRow>(
  { name: 'Automation', plural: 'automations' },
  Automation,
);

builder.objectField(AutomationPauseAction, 'automation', (t) =>
  t.field({
    type: Automation,
    nullable: true,
    description: 'The automation that was chosen; null when it is inferred or gone.',
    resolve: ({ automation_id: id }, _args, ctx, info) =>
      rowById(ctx, info, { hydrate: AUTOMATIONS.hydrate, id }),
  }),
);

builder.prismaObjectField(Deployment, 'automations', (t) =>
  t.field({
    type: AutomationConnection,
    description: 'The automations that came with it or run it, by name.',
    args: pageArguments(),
    resolve: ({ id }, args, ctx, info) =>
      resolveConnection(ctx, info, {
        source: AUTOMATIONS,
        args,
        within: { relatedToResource: `prefect.deployment.${id}` },
      }),
  }),
);
