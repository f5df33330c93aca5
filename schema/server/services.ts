import type { Context } from '#server/context.ts';
import {
  type ServiceView,
  readServiceProgress,
} from '#server/queries/service/read-service-progress.ts';

import { builder } from '../builder.ts';
import { Server } from './object.ts';

const ServerService = builder.objectRef<ServiceView>('ServerService').implement({
  description: 'Something that the server does by itself, over and over.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    periodSeconds: t.exposeFloat('periodSeconds', { description: 'How often it has its turn.' }),
    hasLeader: t.boolean({
      description: 'Whether one process of all has the turns, not each for itself.',
      resolve: ({ scope }) => scope === 'leader',
    }),
    isHere: t.exposeBoolean('isHere', {
      description: 'Whether its turns are taken in the process that answers.',
    }),
    lastTickAt: t.expose('lastTickAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its last turn ended.',
    }),
    durationSeconds: t.exposeFloat('durationSeconds', {
      nullable: true,
      description: 'How long its last turn took.',
    }),
    lagSeconds: t.exposeFloat('lagSeconds', {
      description: 'How late its next turn is by now; 0 while it is on time.',
    }),
    isStalled: t.exposeBoolean('isStalled', {
      description: 'Whether it is so late that it has most likely stopped.',
    }),
    tickCount: t.exposeInt('ticks', {
      description: 'The turns it had since its process took it up.',
    }),
    failureCount: t.exposeInt('failures', { description: 'How many of them failed.' }),
    result: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What the last turn that ended well counted.',
      resolve: ({ result }) => result,
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why its last turn failed; null when it did not.',
    }),
  }),
});

const byName = async (ctx: Context): Promise<ServiceView[]> =>
  (await readServiceProgress(ctx)).toSorted((one, other) => one.name.localeCompare(other.name));

builder.objectField(Server, 'services', (t) =>
  t.field({
    type: [ServerService],
    description: 'What it does by itself, by name, and how that goes.',
    resolve: (_server, _args, ctx) => byName(ctx.server),
  }),
);
