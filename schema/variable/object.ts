import type { Variable as VariableRow } from '#prisma/client/sqlite/client.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { textsIn } from '../shared/values.ts';

const Variable = builder.prismaObject('Variable', {
  description: 'A value that flows can look up by its name.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (variable) => `prefect.variable.${variable.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other variable has.' }),
    value: t.expose('value', { type: 'JSON', nullable: true, description: 'Its value.' }),
    tags: t.stringList({
      description: 'Its tags.',
      select: { tags: true },
      resolve: (variable) => textsIn(variable.tags),
    }),
  }),
});

export const VariableConnection = defineConnection<VariableRow>(
  { name: 'Variable', plural: 'variables' },
  Variable,
);
