import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { plannedRunsFault } from '#server/commands/bounds.ts';
import type { SchedulePatch } from '#server/commands/deployment-schedule/patch-schedules.ts';
import type { NewSchedule } from '#server/commands/deployment-schedule/schedule-script.ts';
import { isServerError } from '#server/errors.ts';
import type { JsonValue } from '#server/json.ts';
import type { Schedule } from '#server/schedules/schedule.ts';
import type { ScheduleIssue } from '#server/schedules/wire-reader.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { formatInstant } from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { checkBounds, integer, readInteger } from './pydantic/number.ts';
import {
  Refusal,
  type RefusalReason,
  type Schema,
  describedAs,
  refuse,
  refuseValue,
  schemaOf,
} from './pydantic/refusal.ts';
import { boolean, text } from './pydantic/scalar.ts';
import { dictionary, model } from './pydantic/shapes.ts';
import { scheduleShape } from './schedule-shape.ts';

const toReason = ({ type, msg, loc, input, problem }: ScheduleIssue): RefusalReason => {
  const reason = { type, msg, loc, input };
  if (problem !== undefined) return { ...reason, ctx: { error: problem } };
  return msg.startsWith('Value error, ') ? { ...reason, ctx: { error: {} } } : reason;
};

const readSchedule = (value: unknown): Schedule | Refusal => {
  if (value === undefined) return refuse('missing', 'Field required');
  try {
    return parseSchedule(value);
  } catch (error) {
    if (!isServerError(error, 'INVALID')) throw error;
    // Only `parseSchedule` throws it here, and always with its list of issues.
    const issues = error.details['issues'] as readonly ScheduleIssue[];
    return new Refusal(issues.map(toReason));
  }
};

const schedule: Schema<Schedule> = describedAs(schemaOf(readSchedule), () => scheduleShape);

const maxScheduledRuns = (most: number): Schema<number> => {
  const schema = schemaOf<number>((value) => {
    const count = readInteger(value);
    const checked = count instanceof Refusal ? count : checkBounds(count, { above: 0 });
    if (checked instanceof Refusal) return checked;
    const fault = plannedRunsFault(checked, most);
    return fault === null ? checked : refuseValue(fault);
  });
  return describedAs(schema, () => integer({ above: 0 }));
};

/** The body that adds a schedule, whose planned runs are bounded by a setting. */
export const newSchedule = (mostRuns: number): Schema<NewSchedule> =>
  model({
    active: boolean.default(true),
    schedule,
    max_scheduled_runs: optional(maxScheduledRuns(mostRuns)),
    parameters: dictionary.default({}),
    slug: optional(text()),
    replaces: optional(text()),
  }).transform((body) => ({
    schedule: body.schedule,
    active: body.active,
    maxScheduledRuns: body.max_scheduled_runs,
    parameters: body.parameters,
    slug: body.slug,
  }));

/** The body that changes a schedule. */
export const schedulePatch = (mostRuns: number): Schema<SchedulePatch> =>
  model({
    active: optional(boolean),
    schedule: optional(schedule),
    max_scheduled_runs: optional(maxScheduledRuns(mostRuns)),
    parameters: dictionary.optional(),
    slug: optional(text()),
    replaces: optional(text()),
  }).transform((body) => ({
    schedule: body.schedule,
    active: body.active,
    maxScheduledRuns: body.max_scheduled_runs,
    // Prefect's server takes parameters that were left out for none.
    parameters: body.parameters ?? {},
    slug: body.slug,
    replaces: body.replaces,
  }));

export const scheduleRowToWire = (row: DeploymentScheduleRow) => ({
  id: row.id,
  created: formatInstant(row.created),
  updated: formatInstant(row.updated),
  deployment_id: row.deploymentId,
  // It is stored as it is shown.
  schedule: row.schedule satisfies JsonValue,
  active: row.active,
  max_scheduled_runs: row.maxScheduledRuns,
  parameters: row.parameters,
  slug: row.slug,
});
