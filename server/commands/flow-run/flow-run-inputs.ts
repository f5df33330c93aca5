import type { FlowRunInputRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, rows, run } from '#server/db/script.ts';
import {
  deleteFlowRunInput as deleteInput,
  filterFlowRunInputRows,
  findFlowRun,
  insertFlowRunInput,
  readFlowRunInputRow,
} from '#server/db/sql/flow-run-parts.ts';
import { ServerError, isServerError, notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

export interface FlowRunInputKey {
  readonly flowRunId: string;
  readonly key: string;
}

export interface CreateFlowRunInput extends FlowRunInputKey {
  readonly value: string;
  readonly sender?: string | null;
}

const requireKey = (key: string): void => {
  if (/^[a-z0-9-]+$/.test(key)) return;
  throw new ServerError(
    'INVALID',
    'The key of a flow run input may hold only lower case letters, digits and dashes.',
  );
};

const refusal = (error: unknown, flowRunId: string): unknown => {
  if (!isServerError(error, 'CONFLICT')) return error;
  return error.details['constraint'] === 'foreign_key'
    ? notFound('Flow run', flowRunId)
    : new ServerError('CONFLICT', 'A flow run input with this key already exists.');
};

/** Gives a flow run an input; CONFLICT when its key is taken, NOT_FOUND when there is no such run. */
export const createFlowRunInput = async (
  ctx: Context,
  { flowRunId, key, value, sender = null }: CreateFlowRunInput,
): Promise<void> => {
  const id = newId();
  const now = nowMicros();
  try {
    await ctx.db.write(function* () {
      if ((yield* one(findFlowRun(flowRunId))) === null) throw notFound('Flow run', flowRunId);
      requireKey(key);
      yield* run(insertFlowRunInput(id, now, now, flowRunId, key, value, sender));
      yield* recordChange({ topic: 'flow-run-input', kind: 'created', entityId: id, flowRunId });
    });
  } catch (error) {
    throw refusal(error, flowRunId);
  }
};

/** One input of a flow run; null when there is none of this key. */
export const readFlowRunInput = (
  ctx: Context,
  { flowRunId, key }: FlowRunInputKey,
): Promise<FlowRunInputRow | null> => ctx.db.read(() => one(readFlowRunInputRow(flowRunId, key)));

const MAX_INTEGER = 2 ** 31 - 1;

export interface FilterFlowRunInputs {
  readonly flowRunId: string;
  readonly prefix: string;
  /** How many at most; below zero for all. */
  readonly limit: number;
  readonly excludeKeys: readonly string[];
}

/** The inputs of a flow run whose keys begin with the prefix, oldest first. */
export const filterFlowRunInputs = (
  ctx: Context,
  { flowRunId, prefix, limit, excludeKeys }: FilterFlowRunInputs,
): Promise<readonly FlowRunInputRow[]> =>
  ctx.db.read(() =>
    rows(
      filterFlowRunInputRows(
        flowRunId,
        prefix,
        prefix,
        json(excludeKeys),
        limit < 0 ? MAX_INTEGER : limit,
      ),
    ),
  );

/** Removes an input of a flow run; NOT_FOUND when there is none of this key. */
export const deleteFlowRunInput = (
  ctx: Context,
  { flowRunId, key }: FlowRunInputKey,
): Promise<void> =>
  ctx.db.write(function* () {
    const deleted = yield* one(deleteInput(flowRunId, key));
    if (deleted === null) throw notFound('Flow run input', key);
    const entityId = deleted.id;
    yield* recordChange({ topic: 'flow-run-input', kind: 'deleted', entityId, flowRunId });
  });
