import type { SchedulePatch } from '#server/commands/deployment-schedule/patch-schedules.ts';
import type { NewSchedule } from '#server/commands/deployment-schedule/schedule-script.ts';
import type { JsonObject } from '#server/json.ts';
import type { Schedule } from '#server/schedules/schedule.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { type Micros, formatInstant } from '#server/time.ts';

import { builder } from '../builder.ts';
import { given } from '../shared/given.ts';

const ZONE = 'The time zone it is read in, UTC without one.';

const CronScheduleInput = builder.inputType('CronScheduleInput', {
  description: 'A schedule in the words of cron.',
  fields: (t) => ({
    cron: t.string({ required: true, description: 'The five or six fields of cron.' }),
    timezone: t.string({ description: ZONE }),
    dayOr: t.boolean({
      description:
        'Whether a day of the month or a day of the week is enough; it is without a word.',
    }),
  }),
});

const IntervalScheduleInput = builder.inputType('IntervalScheduleInput', {
  description: 'A schedule of equal steps.',
  fields: (t) => ({
    intervalSeconds: t.float({ required: true, description: 'The length of a step.' }),
    anchorDate: t.field({
      type: 'DateTime',
      description: 'An instant that the steps are counted from; now without one.',
    }),
    timezone: t.string({ description: ZONE }),
  }),
});

const RRuleScheduleInput = builder.inputType('RRuleScheduleInput', {
  description: 'A schedule in the words of iCalendar.',
  fields: (t) => ({
    rrule: t.string({ required: true, description: 'The recurrence rule.' }),
    timezone: t.string({ description: ZONE }),
  }),
});

export const ScheduleInput = builder.inputType('ScheduleInput', {
  description: 'When something is to run.',
  isOneOf: true,
  fields: (t) => ({
    cron: t.field({ type: CronScheduleInput, description: 'In the words of cron.' }),
    interval: t.field({ type: IntervalScheduleInput, description: 'In equal steps.' }),
    rrule: t.field({ type: RRuleScheduleInput, description: 'In the words of iCalendar.' }),
  }),
});

export const DeploymentScheduleInput = builder.inputType('DeploymentScheduleInput', {
  description: 'A schedule of a deployment.',
  fields: (t) => ({
    schedule: t.field({ type: ScheduleInput, required: true, description: 'When it makes runs.' }),
    active: t.boolean({ description: 'Whether it makes runs; it does without a word.' }),
    maxScheduledRuns: t.int({ description: 'How many runs it makes ahead of time at most.' }),
    parameters: t.field({
      type: 'JSONObject',
      description: 'What its runs are called with beyond the parameters of the deployment.',
    }),
    slug: t.string({ description: 'A name for it within its deployment.' }),
    replaces: t.string({ description: 'The slug of the schedule that it takes the place of.' }),
  }),
});

interface GivenSchedule {
  readonly cron?:
    | {
        readonly cron: string;
        readonly timezone?: string | null | undefined;
        readonly dayOr?: boolean | null | undefined;
      }
    | null
    | undefined;
  readonly interval?:
    | {
        readonly intervalSeconds: number;
        readonly anchorDate?: Micros | null | undefined;
        readonly timezone?: string | null | undefined;
      }
    | null
    | undefined;
  readonly rrule?:
    | { readonly rrule: string; readonly timezone?: string | null | undefined }
    | null
    | undefined;
}

const present = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

const toWire = ({ cron, interval, rrule }: GivenSchedule): object => {
  if (cron) {
    return given({
      cron: cron.cron,
      timezone: present(cron.timezone),
      day_or: present(cron.dayOr),
    });
  }
  if (interval) {
    return given({
      interval: interval.intervalSeconds,
      timezone: present(interval.timezone),
      anchor_date: interval.anchorDate ? formatInstant(interval.anchorDate) : undefined,
    });
  }
  return given({ rrule: rrule?.rrule, timezone: present(rrule?.timezone) });
};

/** The schedule of an input. Throws INVALID, as REST does for the same schedule. */
export const toSchedule = (input: GivenSchedule): Schedule => parseSchedule(toWire(input));

interface GivenDeploymentSchedule {
  readonly schedule: GivenSchedule;
  readonly active?: boolean | null | undefined;
  readonly maxScheduledRuns?: number | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly slug?: string | null | undefined;
  readonly replaces?: string | null | undefined;
}

/** The schedule of a deployment that an input asks for. */
export const toNewSchedule = (input: GivenDeploymentSchedule): NewSchedule => ({
  schedule: toSchedule(input.schedule),
  active: input.active,
  maxScheduledRuns: input.maxScheduledRuns,
  parameters: input.parameters ?? {},
  slug: input.slug,
});

/** The same for a deployment that has schedules, which are found by their slugs. */
export const toSchedulePatch = (input: GivenDeploymentSchedule): SchedulePatch => ({
  ...toNewSchedule(input),
  replaces: input.replaces,
});
