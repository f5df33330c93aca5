import type { LogRow } from '#prisma/tables.ts';
import { logId } from '#server/queries/log/log-id.ts';

import { builder } from '../builder.ts';
import { defineConnection } from '../shared/define-connection.ts';
import { ID, Node } from '../shared/interfaces.ts';

const LogLevel = builder.enumType('LogLevel', {
  description: 'The named levels of log lines.',
  values: {
    DEBUG: { description: 'Below 20.' },
    INFO: { description: 'From 20.' },
    WARNING: { description: 'From 30.' },
    ERROR: { description: 'From 40.' },
    CRITICAL: { description: 'From 50.' },
  },
});

const levelName = (level: number): typeof LogLevel.$inferType => {
  if (level >= 50) return 'CRITICAL';
  if (level >= 40) return 'ERROR';
  if (level >= 30) return 'WARNING';
  return level >= 20 ? 'INFO' : 'DEBUG';
};

export interface LogShape extends LogRow {
  readonly id: string;
  readonly __typename: 'Log';
}

/** A log line as an object of any of the types above it. */
export const asLog = (row: LogRow): LogShape => ({
  ...row,
  id: logId(row.created, row.seq),
  __typename: 'Log',
});

export const Log = builder.objectRef<LogShape>('Log').implement({
  description: 'A line that a run wrote to its log.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    name: t.exposeString('name', { description: 'The name of the logger.' }),
    level: t.exposeInt('level', { description: 'The level as a number: 20 is INFO.' }),
    levelName: t.field({
      type: LogLevel,
      description: 'The named level it falls under.',
      resolve: (row) => levelName(row.level),
    }),
    message: t.exposeString('message', { description: 'What it says.' }),
    timestamp: t.expose('timestamp', { type: 'DateTime', description: 'When it was written.' }),
    flowRunId: t.exposeID('flowRunId', {
      nullable: true,
      description: 'The id of the flow run that wrote it.',
    }),
    taskRunId: t.exposeID('taskRunId', {
      nullable: true,
      description: 'The id of the task run that wrote it.',
    }),
    flowRun: t.prismaField({
      type: 'FlowRun',
      nullable: true,
      description: 'The flow run that wrote it.',
      resolve: (query, row, _args, ctx) =>
        row.flowRunId === null
          ? null
          : ctx.server.db.prisma.flowRun.findUnique({ ...query, where: { id: row.flowRunId } }),
    }),
    taskRun: t.prismaField({
      type: 'TaskRun',
      nullable: true,
      description: 'The task run that wrote it.',
      resolve: (query, row, _args, ctx) =>
        row.taskRunId === null
          ? null
          : ctx.server.db.prisma.taskRun.findUnique({ ...query, where: { id: row.taskRunId } }),
    }),
  }),
});

export const LogConnection = defineConnection<LogShape>({ name: 'Log', plural: 'log lines' }, Log);
