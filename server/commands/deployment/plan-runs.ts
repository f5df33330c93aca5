import type { DeploymentScheduleRow } from '#prisma/tables.ts';
import { generateRunNames } from '#server/commands/flow-run/generate-run-name.ts';
import type { DeploymentToPlan } from '#server/db/sql/schedule-runs.ts';
import { newId } from '#server/ids.ts';
import { FLOW_RUN_POLICY } from '#server/orchestration/empirical-policy.ts';
import { nextDates } from '#server/schedules/next-dates.ts';
import type { Schedule } from '#server/schedules/schedule.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import type { ScheduledDate } from '#server/schedules/zone.ts';
import { type Micros, addSeconds, nowMicros } from '#server/time.ts';

/** How far ahead runs are planned. */
export interface PlanWindow {
  readonly start: Micros;
  readonly end: Micros;
  /** Dates are taken until there are `minRuns` and one is this long after the start. */
  readonly minTimeSeconds: number;
  readonly minRuns: number;
  readonly maxRuns: number;
}

/** As many dates of a schedule as the window asks for. */
const datesOf = (schedule: Schedule, window: PlanWindow): readonly ScheduledDate[] => {
  const { start, end, minRuns, maxRuns } = window;
  const enough = addSeconds(start, window.minTimeSeconds);
  // Most schedules are done with the few runs that there have to be, so not all dates are reckoned at once.
  const first = Math.min(Math.max(minRuns, 1), maxRuns);
  let dates = nextDates(schedule, { start, count: first, end });
  const last = dates.at(-1);
  if (dates.length === first && first < maxRuns && last !== undefined && last.instant < enough) {
    dates = nextDates(schedule, { start, count: maxRuns, end });
  }
  const index = dates.findIndex(({ instant }, i) => i + 1 >= minRuns && instant >= enough);
  return index === -1 ? dates : dates.slice(0, index + 1);
};

const KIND_NAMES = {
  interval: 'IntervalSchedule',
  cron: 'CronSchedule',
  rrule: 'RRuleSchedule',
} as const;

interface Source {
  readonly deployment: DeploymentToPlan;
  readonly row: DeploymentScheduleRow;
  readonly schedule: Schedule;
}

/** A date on which a schedule of a deployment plans a run. */
export interface PlannedDate {
  readonly source: Source;
  readonly date: ScheduledDate;
}

interface Minted {
  readonly id: string;
  readonly name: string;
  readonly stateId: string;
  readonly now: Micros;
  readonly date: ScheduledDate;
}

const inherited = ({ deployment, row }: Source) => ({
  flow_id: deployment.flowId,
  deployment_id: deployment.id,
  deployment_version: deployment.version,
  work_queue_id: deployment.workQueueId,
  work_queue_name: deployment.workQueueName,
  infrastructure_document_id: deployment.infrastructureDocumentId,
  parameters: { ...deployment.parameters, ...row.parameters },
  tags: ['auto-scheduled', ...deployment.tags],
  labels: {
    ...deployment.labels,
    'prefect.flow.id': deployment.flowId,
    'prefect.deployment.id': deployment.id,
  },
});

const runRow = (source: Source, { id, name, stateId, now, date }: Minted) => ({
  ...inherited(source),
  id,
  created: now,
  updated: now,
  name,
  // Two servers that plan the same date agree on this text, as does Prefect's own server.
  idempotency_key: `scheduled ${source.deployment.id} ${source.row.id} ${date.local}`,
  context: {},
  empirical_policy: FLOW_RUN_POLICY,
  created_by: {
    id: source.row.id,
    type: 'SCHEDULE',
    display_value: source.row.slug ?? KIND_NAMES[source.schedule.kind],
  },
  job_variables: {},
  auto_scheduled: true,
  state_id: stateId,
  state_type: 'SCHEDULED',
  state_name: 'Scheduled',
  state_timestamp: now,
  run_count: 0,
  expected_start_time: date.instant,
  next_scheduled_start_time: date.instant,
  total_run_time: 0,
});

const stateRow = ({ id, stateId, now, date }: Minted) => ({
  id: stateId,
  created: now,
  updated: now,
  flow_run_id: id,
  type: 'SCHEDULED',
  timestamp: now,
  name: 'Scheduled',
  message: 'Flow run scheduled',
  state_details: { scheduled_time: date.local.replace(' ', 'T') },
});

/** A run that a schedule plans, with its first state, as rows to be inserted. */
export interface PlannedRun {
  readonly deploymentId: string;
  readonly deploymentUpdated: Micros;
  readonly run: ReturnType<typeof runRow>;
  readonly state: ReturnType<typeof stateRow>;
}

/** The dates that a schedule of a deployment plans in the window. Throws INVALID when the schedule has none to give. */
export const planDates = (
  { deployment, row }: Pick<Source, 'deployment' | 'row'>,
  window: PlanWindow,
): readonly PlannedDate[] => {
  const schedule = parseSchedule(row.schedule);
  const source = { deployment, row, schedule };
  return datesOf(schedule, window).map((date) => ({ source, date }));
};

/** The runs of some dates, as rows to be inserted in this order, in which their ids rise. */
export const planRuns = (dates: readonly PlannedDate[]): readonly PlannedRun[] => {
  const names = generateRunNames(dates.length);
  const now = nowMicros();
  return dates.map(({ source, date }, index) => {
    const minted = { id: newId(), stateId: newId(), name: names[index] ?? '', now, date };
    const { id: deploymentId, updated } = source.deployment;
    return {
      deploymentId,
      deploymentUpdated: updated,
      run: runRow(source, minted),
      state: stateRow(minted),
    };
  });
};
