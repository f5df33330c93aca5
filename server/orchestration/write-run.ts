import { type Script, announce } from '#server/db/script.ts';
import { insertChange } from '#server/db/sql/insert-change.ts';
import { type Part, runTogether } from '#server/db/sql/run-together.ts';
import type { Change } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import type { OrchestrationContext } from './rule.ts';

export interface RunWrite {
  /** The writes, in an order in which each finds what it points to. */
  readonly parts: readonly Part[];
  readonly change: Change;
}

/** Writes what a transition came to, with its entry in the journal, and wakes those who follow the run. */
export function* writeRun({ db }: OrchestrationContext, { parts, change }: RunWrite): Script<void> {
  const { topic, kind, entityId, flowRunId = null } = change;
  const journal = insertChange(nowMicros(), topic, kind, entityId, flowRunId);
  yield* runTogether(db.dialect, [...parts, { name: 'journal', query: journal }]);
  yield* announce(topic, entityId);
  if (flowRunId !== null && flowRunId !== entityId) yield* announce(topic, flowRunId);
}
