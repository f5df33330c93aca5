import type { builder } from '../builder.ts';

type Types = typeof builder.$inferSchemaTypes;
type Fields<Payload> = PothosSchemaTypes.ObjectFieldBuilder<Types, Payload>;

interface Identified {
  readonly id: string;
}

// Payloads carry ids; what they are about is read as the operation wants it, with only the columns it names.

export const flowRunField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'FlowRun',
    description: 'The flow run as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.flowRun.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const taskRunField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'TaskRun',
    description: 'The task run as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.taskRun.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const flowField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'Flow',
    description: 'The flow as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.flow.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const deploymentField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'Deployment',
    description: 'The deployment as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.deployment.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const workPoolField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'WorkPool',
    description: 'The work pool as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.workPool.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const workQueueField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'WorkQueue',
    description: 'The work queue as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.workQueue.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const concurrencyLimitField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'ConcurrencyLimitV2',
    description: 'The concurrency limit as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.concurrencyLimitV2.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const concurrencyLeaseField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'ConcurrencyLease',
    description: 'The lease as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.concurrencyLease.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const workerField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'Worker',
    description: 'The worker as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.worker.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const variableField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'Variable',
    description: 'The variable as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.variable.findUniqueOrThrow({ ...query, where: { id } }),
  });

export const automationField = <Payload extends Identified>(t: Fields<Payload>) =>
  t.prismaField({
    type: 'Automation',
    description: 'The automation as it is now.',
    resolve: (query, { id }, _args, ctx) =>
      ctx.server.db.prisma.automation.findUniqueOrThrow({ ...query, where: { id } }),
  });
