import type { Dialect } from '#server/db/dialect.ts';
import { type Script, rows } from '#server/db/script.ts';
import {
  type KnownTaskRun,
  insertTaskRunStates,
  readExistingFlowRuns,
  readTaskRunsById,
  readTaskRunsByKey,
  upsertTaskRuns,
} from '#server/db/sql/batch-task-runs.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordChanges } from './record.ts';
import { type TaskRunReport, taskRunRow, taskRunStateRow } from './task-run-report.ts';

const naturalKey = (run: Omit<KnownTaskRun, 'id'>): string | null =>
  run.flowRunId === null ? null : JSON.stringify([run.flowRunId, run.taskKey, run.dynamicKey]);

/**
 * The id under which each report's run is stored: a run is the same when its id or its key within the flow run is,
 * and the row that was there first, in the database or in this batch, keeps its id.
 */
const canonicalIds = (
  reports: readonly TaskRunReport[],
  known: readonly KnownTaskRun[],
): ReadonlyMap<TaskRunReport, string> => {
  const byId = new Map<string, string>();
  const byKey = new Map<string, string>();
  const learn = (id: string, key: string | null, canonical: string): void => {
    byId.set(id, canonical);
    if (key !== null) byKey.set(key, canonical);
  };
  for (const run of known) learn(run.id, naturalKey(run), run.id);
  const canonical = new Map<TaskRunReport, string>();
  for (const report of reports) {
    const key = naturalKey(report);
    const id =
      (key === null ? undefined : byKey.get(key)) ?? byId.get(report.taskRunId) ?? report.taskRunId;
    learn(report.taskRunId, key, id);
    canonical.set(report, id);
  }
  return canonical;
};

function* readKnown(reports: readonly TaskRunReport[]): Script<readonly KnownTaskRun[]> {
  const ids = [...new Set(reports.map((report) => report.taskRunId))];
  const keys = [...new Set(reports.map(naturalKey))].filter((key) => key !== null);
  const byId = yield* rows(readTaskRunsById(json(ids)));
  const byKey = yield* rows(readTaskRunsByKey(`[${keys.join(',')}]`));
  return [...byId, ...byKey];
}

/** Reports about flow runs that are gone have nowhere to go; their events are kept all the same. */
function* withFlowRun(reports: readonly TaskRunReport[]): Script<readonly TaskRunReport[]> {
  const ids = [...new Set(reports.map((report) => report.flowRunId))].filter((id) => id !== null);
  if (ids.length === 0) return reports;
  const existing = new Set((yield* rows(readExistingFlowRuns(json(ids)))).map(({ id }) => id));
  return reports.filter((report) => report.flowRunId === null || existing.has(report.flowRunId));
}

/**
 * Brings task runs up to date with what engines report of them, in whatever order and however often: the newest
 * report decides the run, every state is kept. Gives the number of reports that found their flow run.
 */
export function* recordTaskRuns(dialect: Dialect, all: readonly TaskRunReport[]): Script<number> {
  const reports = yield* withFlowRun(all.toSorted((one, other) => one.timestamp - other.timestamp));
  if (reports.length === 0) return 0;
  const canonical = canonicalIds(reports, yield* readKnown(reports));
  const idOf = (report: TaskRunReport): string => canonical.get(report) ?? report.taskRunId;
  const newest = new Map(reports.map((report) => [idOf(report), report]));
  const now = nowMicros();
  // In the order of their ids, so that two servers that write the same runs wait for each other instead of locking up.
  const runs = [...newest].toSorted(([one], [other]) => (one < other ? -1 : 1));
  yield* upsertTaskRuns(
    dialect,
    runs.map(([id, report]) => taskRunRow(report, id, now)),
  );
  yield* insertTaskRunStates(
    dialect,
    reports.map((report) => taskRunStateRow(report, idOf(report), now)),
  );
  yield* recordChanges(
    dialect,
    runs.map(([id, { flowRunId }]) => ({
      topic: 'task-run',
      kind: 'updated',
      entityId: id,
      flowRunId,
    })),
  );
  return reports.length;
}
