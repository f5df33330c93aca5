import type { Context } from '#server/context.ts';
import { type Script, announce, rows } from '#server/db/script.ts';
import {
  insertEventResources,
  insertEvents,
  readEventNumbers,
} from '#server/db/sql/batch-events.ts';
import { json } from '#server/json.ts';
import { type Micros, nowMicros } from '#server/time.ts';

import { type Event, RESOURCE_ID, RESOURCE_ROLE } from './event.ts';
import { recordTaskRuns } from './task-run-recorder.ts';
import { isTaskRunReport, taskRunReportOf } from './task-run-report.ts';

const eventRow = (event: Event, received: Micros) => ({
  id: event.id,
  occurred: event.occurred,
  received,
  event: event.event,
  resource_id: event.resource[RESOURCE_ID] ?? '',
  resource: event.resource,
  related: event.related,
  payload: event.payload,
  follows: event.follows,
});

const resourceRows = (event: Event, seq: number) => [
  { resource_id: event.resource[RESOURCE_ID] ?? '', occurred: event.occurred, seq, role: '' },
  ...event.related.map((related) => ({
    resource_id: related[RESOURCE_ID] ?? '',
    occurred: event.occurred,
    seq,
    role: related[RESOURCE_ROLE] ?? '',
  })),
];

type RecordContext = Pick<Context, 'db' | 'settings'>;

function* persist(ctx: RecordContext, events: readonly Event[]): Script<void> {
  const { dialect } = ctx.db;
  const received = nowMicros();
  yield* insertEvents(
    dialect,
    events.map((event) => eventRow(event, received)),
  );
  const stored = yield* rows(readEventNumbers(json(events.map(({ id }) => id))));
  // Another event of that id may have been here before.
  const written = stored.filter((row) => row.received === received);
  const numbers = new Map(written.map(({ id, seq }) => [id, seq]));
  const firsts = new Map(events.toReversed().map((event) => [event.id, event]));
  yield* insertEventResources(
    dialect,
    [...firsts.values()].flatMap((event) => {
      const seq = numbers.get(event.id);
      return seq === undefined ? [] : resourceRows(event, seq);
    }),
  );
  yield* announce('event', '*');
}

/** Stores events that came from outside, and the task runs they report; repeats change nothing. */
export function* recordEvents(ctx: RecordContext, events: readonly Event[]): Script<void> {
  const { taskRunRecorder, eventPersister } = ctx.settings.services;
  if (eventPersister.enabled) yield* persist(ctx, events);
  if (!taskRunRecorder.enabled) return;
  const reports = events.filter(isTaskRunReport).map(taskRunReportOf);
  yield* recordTaskRuns(
    ctx.db.dialect,
    reports.filter((report) => report !== null),
  );
}
