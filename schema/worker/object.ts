import type { Worker as WorkerRow } from '#prisma/client/sqlite/client.ts';
import { onlineSince, workerStatus } from '#server/commands/worker/worker-status.ts';
import { isJsonObject } from '#server/json.ts';
import { micros, nowMicros } from '#server/time.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { WorkerStatus } from '../shared/enums.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';

export const Worker = builder.prismaObject('Worker', {
  description: 'A process that takes runs from a work pool.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (worker) => `prefect.worker.${worker.id}`,
    }),
    name: t.exposeString('name', { description: 'Its name, which no other of its pool has.' }),
    workPool: t.relation('workPool', { description: 'Its work pool.' }),
    status: t.field({
      type: WorkerStatus,
      description: 'Whether it is there.',
      select: { lastHeartbeatTime: true, heartbeatIntervalSeconds: true },
      resolve: ({ lastHeartbeatTime, heartbeatIntervalSeconds }, _args, ctx) =>
        workerStatus(
          { lastHeartbeatTime: micros(lastHeartbeatTime), heartbeatIntervalSeconds },
          { rule: onlineSince(ctx.server.settings), now: nowMicros() },
        ),
    }),
    lastHeartbeatTime: t.expose('lastHeartbeatTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last heard of.',
    }),
    heartbeatIntervalSeconds: t.exposeInt('heartbeatIntervalSeconds', {
      nullable: true,
      description: 'How often it means to be heard of.',
    }),
    type: t.exposeString('type', {
      nullable: true,
      description: 'The type of the pools it is made for; null while it has not told.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What it tells of itself.',
      select: { metadata: true },
      resolve: ({ metadata }) => (isJsonObject(metadata) ? metadata : null),
    }),
  }),
});

export const WorkerConnection = defineConnection<WorkerRow>(
  { name: 'Worker', plural: 'workers' },
  Worker,
);
