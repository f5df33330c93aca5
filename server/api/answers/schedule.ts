import { z } from 'zod';

import { anyObject, id, instant, integer, nullable, storedShape } from './parts.ts';

const intervalScheduleAnswer = z
  .strictObject({
    interval: z.number(),
    anchor_date: instant.optional(),
    timezone: nullable(z.string()),
  })
  .meta({ id: 'IntervalSchedule' });

const cronScheduleAnswer = z
  .strictObject({
    cron: z.string(),
    timezone: nullable(z.string()),
    day_or: z.boolean().default(true),
  })
  .meta({ id: 'CronSchedule' });

const rruleScheduleAnswer = z
  .strictObject({
    rrule: z.string(),
    timezone: nullable(z.string()).default('UTC'),
  })
  .meta({ id: 'RRuleSchedule' });

export const deploymentScheduleAnswer = z
  .object({
    ...storedShape,
    deployment_id: nullable(id),
    schedule: z.union([intervalScheduleAnswer, cronScheduleAnswer, rruleScheduleAnswer]),
    active: z.boolean().default(true),
    max_scheduled_runs: nullable(integer.gt(0.0)),
    parameters: anyObject.optional(),
    slug: nullable(z.string()),
  })
  .meta({ id: 'DeploymentSchedule' });
