import type { FlowRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { lockFlow, updateFlowTags } from '#server/db/sql/flow-statements.ts';
import { notFound } from '#server/errors.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordFlow } from './flow-events.ts';

/** What is absent stays as it is. */
export interface FlowChanges {
  readonly tags?: readonly string[] | undefined;
}

/** Changes a flow. NOT_FOUND when there is none. */
export const updateFlow = (
  ctx: Context,
  { id, changes }: { readonly id: string; readonly changes: FlowChanges },
): Promise<FlowRow> =>
  ctx.db.write(function* () {
    const stored = yield* one(lockFlow(id));
    if (stored === null) throw notFound('Flow', id);
    const row = { ...stored, tags: changes.tags ?? stored.tags, updated: nowMicros() };
    yield* run(updateFlowTags(json(row.tags), row.updated, id));
    yield* recordFlow('updated', row);
    return row;
  });
