import type { AutomationRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { rows, run } from '#server/db/script.ts';
import { deleteAutomationRow, lockOwnedAutomations } from '#server/db/sql/automation-statements.ts';
import { recordChange } from '#server/events/record.ts';
import { nowMicros } from '#server/time.ts';

import { recordAutomation } from './automation-record.ts';
import { requireAutomation } from './update-automation.ts';

/** Removes an automation with all that was counted for it. NOT_FOUND when there is none. */
export const deleteAutomation = (ctx: Context, id: string): Promise<AutomationRow> =>
  ctx.db.write(function* () {
    const stored = yield* requireAutomation(id);
    yield* run(deleteAutomationRow(id));
    yield* recordAutomation('deleted', stored);
    return stored;
  });

/** Removes the automations that belong to a resource and gives their ids. */
export const deleteAutomationsOwnedBy = (
  ctx: Context,
  resourceId: string,
): Promise<readonly string[]> =>
  ctx.db.write(function* () {
    const owned = yield* rows(lockOwnedAutomations(resourceId, nowMicros()));
    for (const { id } of owned) {
      yield* run(deleteAutomationRow(id));
      // A deployment replaces its automations whenever it is deployed, of which Prefect makes no events.
      yield* recordChange({ topic: 'automation', kind: 'deleted', entityId: id });
    }
    return owned.map(({ id }) => id);
  });
