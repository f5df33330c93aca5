import { type JsonObject, isJsonObject } from '#server/json.ts';
import { datesToCome } from '#server/schedules/dates-to-come.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { nowMicros, parseInstant } from '#server/time.ts';

import { builder } from '../builder.ts';
import { CREATED_AT, ID, Node, RESOURCE_ID, Resource, UPDATED_AT } from '../shared/interfaces.ts';
import { objectIn } from '../shared/values.ts';

const textOf = (schedule: JsonObject, key: string): string | null => {
  const value = schedule[key];
  return typeof value === 'string' ? value : null;
};

const ZONE = 'The time zone it is read in, UTC without one.';

const CronSchedule = builder.objectRef<JsonObject>('CronSchedule').implement({
  description: 'A schedule in the words of cron.',
  fields: (t) => ({
    cron: t.string({
      description: 'The five or six fields of cron.',
      resolve: (schedule) => textOf(schedule, 'cron') ?? '',
    }),
    timezone: t.string({
      nullable: true,
      description: ZONE,
      resolve: (schedule) => textOf(schedule, 'timezone'),
    }),
    dayOr: t.boolean({
      description: 'Whether a day of the month or a day of the week is enough.',
      resolve: (schedule) => schedule['day_or'] !== false,
    }),
  }),
});

const IntervalSchedule = builder.objectRef<JsonObject>('IntervalSchedule').implement({
  description: 'A schedule of equal steps.',
  fields: (t) => ({
    intervalSeconds: t.float({
      description: 'The length of a step.',
      resolve: ({ interval }) => (typeof interval === 'number' ? interval : 0),
    }),
    anchorDate: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'An instant that the steps are counted from.',
      resolve: (schedule) => parseInstant(textOf(schedule, 'anchor_date') ?? ''),
    }),
    timezone: t.string({
      nullable: true,
      description: ZONE,
      resolve: (schedule) => textOf(schedule, 'timezone'),
    }),
  }),
});

const RRuleSchedule = builder.objectRef<JsonObject>('RRuleSchedule').implement({
  description: 'A schedule in the words of iCalendar.',
  fields: (t) => ({
    rrule: t.string({
      description: 'The recurrence rule.',
      resolve: (schedule) => textOf(schedule, 'rrule') ?? '',
    }),
    timezone: t.string({
      nullable: true,
      description: ZONE,
      resolve: (schedule) => textOf(schedule, 'timezone'),
    }),
  }),
});

const Schedule = builder.unionType('Schedule', {
  description: 'When something is to run.',
  types: [CronSchedule, IntervalSchedule, RRuleSchedule],
  resolveType: (schedule) => {
    if ('cron' in schedule) return 'CronSchedule';
    return 'rrule' in schedule ? 'RRuleSchedule' : 'IntervalSchedule';
  },
});

export const DeploymentSchedule = builder.prismaObject('DeploymentSchedule', {
  description: 'A schedule of a deployment.',
  interfaces: [Resource, Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: ID }),
    createdAt: t.expose('created', { type: 'DateTime', description: CREATED_AT }),
    updatedAt: t.expose('updated', { type: 'DateTime', description: UPDATED_AT }),
    resourceId: t.string({
      description: RESOURCE_ID,
      resolve: (schedule) => `prefect.deployment-schedule.${schedule.id}`,
    }),
    deployment: t.relation('deployment', { description: 'Its deployment.' }),
    schedule: t.field({
      type: Schedule,
      description: 'When it makes runs.',
      select: { schedule: true },
      resolve: ({ schedule }) => (isJsonObject(schedule) ? schedule : {}),
    }),
    active: t.exposeBoolean('active', { description: 'Whether it makes runs.' }),
    maxScheduledRuns: t.exposeInt('maxScheduledRuns', {
      nullable: true,
      description: 'How many runs it makes ahead of time at most.',
    }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its runs are called with beyond the parameters of the deployment.',
      select: { parameters: true },
      resolve: (schedule) => objectIn(schedule.parameters),
    }),
    slug: t.exposeString('slug', {
      nullable: true,
      description: 'A name for it within its deployment.',
    }),
    nextRuns: t.field({
      type: ['DateTime'],
      description: 'When it will make runs next, were it active; none when its dates are over.',
      args: { first: t.arg.int({ defaultValue: 5, description: 'How many, at most 100.' }) },
      select: { schedule: true },
      resolve: ({ schedule }, { first }) =>
        datesToCome(parseSchedule(schedule), {
          start: nowMicros(),
          count: Math.min(100, Math.max(0, first ?? 5)),
        }).map(({ instant }) => instant),
    }),
  }),
});
