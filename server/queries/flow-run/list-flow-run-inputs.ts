import { sql } from 'kysely';

import type { FlowRunInputRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { expressionsFor } from '#server/db/expressions.ts';

import { every, onId, onText } from '../criteria.ts';
import { readRows } from '../select.ts';

interface Wanted {
  readonly flowRunId: string;
  readonly keyPrefix: string;
  /** Only these; without them all. */
  readonly ids?: readonly string[];
}

/** What was handed to a flow run under keys that begin with the prefix, the oldest first. */
export const listFlowRunInputs = (
  ctx: Context,
  { flowRunId, keyPrefix, ids }: Wanted,
): Promise<readonly FlowRunInputRow[]> => {
  const words = expressionsFor(ctx.db.dialect.name);
  const key = sql.ref<string>('flowRunInput.key');
  return readRows(
    ctx,
    ctx.db.builder
      .selectFrom('flowRunInput')
      .selectAll()
      .where('flowRunInput.flowRunId', '=', flowRunId)
      .where(
        every([
          ...(keyPrefix === '' ? [] : onText(words, key, { startsWith: [keyPrefix] })),
          ...(ids === undefined ? [] : onId(sql.ref<string>('flowRunInput.id'), { in: ids })),
        ]),
      )
      .orderBy('flowRunInput.created')
      .orderBy('flowRunInput.id'),
  );
};
