import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import { putFlowRunInput, readFlowRunInputRow } from '#server/db/sql/flow-run-parts.ts';
import type { LockedFlowRun } from '#server/db/sql/lock-flow-run.ts';
import { notFound } from '#server/errors.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import { currentState } from '#server/orchestration/current-state.ts';
import {
  type FlowRunTransition,
  flowRunOf,
  flowRunTransition,
  readLockedFlowRun,
} from '#server/orchestration/flow-run-transition.ts';
import { running, scheduled } from '#server/orchestration/proposals.ts';
import { isDetailTrue } from '#server/orchestration/state-details.ts';
import { nowMicros } from '#server/time.ts';

/** What a paused run is given, made ready, or why it is not taken. */
export type PreparedInput =
  | { readonly kind: 'ready'; readonly value: JsonObject }
  | { readonly kind: 'refused'; readonly reason: string };

/** How the input of a paused run is made ready: what stands for a value is filled in, then it must fit the schema. */
export interface RunInputRules {
  readonly hydrate: (input: JsonObject) => Script<PreparedInput>;
  /** The reason for which the input does not fit; null when it does. */
  readonly fault: (input: JsonObject, schema: JsonValue) => string | null;
}

export interface ResumeFlowRun {
  readonly flowRunId: string;
  readonly runInput?: JsonObject | null;
  readonly rules: RunInputRules;
  readonly client?: ClientInfo;
}

type Refused = Extract<PreparedInput, { readonly kind: 'refused' }>;

const refused = (reason: string): Refused => ({ kind: 'refused', reason });

const parseSchema = (text: string): { readonly schema: JsonValue } | null => {
  try {
    return { schema: JSON.parse(text) };
  } catch {
    return null;
  }
};

function* prepare(
  { flowRunId, runInput, rules }: ResumeFlowRun,
  keyset: JsonObject,
): Script<PreparedInput> {
  const hydrated = yield* rules.hydrate(runInput ?? {});
  if (hydrated.kind === 'refused') {
    return refused(`Error hydrating run input: ${hydrated.reason}`);
  }
  const key = keyset['schema'];
  const stored = typeof key === 'string' ? yield* one(readFlowRunInputRow(flowRunId, key)) : null;
  if (stored === null) return refused('Run input schema not found.');
  const parsed = parseSchema(stored.value);
  if (parsed === null) return refused('Run input schema is not valid JSON.');
  const fault = rules.fault(hydrated.value, parsed.schema);
  return fault === null ? hydrated : refused(fault);
}

function* storeResponse(
  flowRunId: string,
  key: JsonValue | undefined,
  value: JsonObject,
): Script<void> {
  if (typeof key !== 'string' || Object.keys(value).length === 0) return;
  const id = newId();
  const now = nowMicros();
  yield* run(putFlowRunInput(id, now, now, flowRunId, key, JSON.stringify(value)));
  yield* recordChange({ topic: 'flow-run-input', kind: 'created', entityId: id, flowRunId });
}

const refuse = (
  row: LockedFlowRun,
  { status, reason }: { readonly status: 'ABORT' | 'REJECT'; readonly reason: string },
): FlowRunTransition => ({
  status,
  details: { type: 'abort_details', reason },
  state: status === 'ABORT' ? null : currentState(row),
  run: flowRunOf(row),
});

/** Lets a paused flow run go on, with the input that it asked for; NOT_FOUND for an unknown one. */
export const resumeFlowRun = (ctx: Context, input: ResumeFlowRun): Promise<FlowRunTransition> =>
  ctx.db.write(function* () {
    const { flowRunId, client } = input;
    const row = yield* readLockedFlowRun(flowRunId);
    if (row === null) throw notFound('Flow run', flowRunId);
    const state = currentState(row);
    if (state?.type !== 'PAUSED') {
      const reason = 'Cannot resume a flow run that is not paused.';
      return refuse(row, { status: 'ABORT', reason });
    }
    const given = state.details['run_input_keyset'] ?? null;
    const keyset = isJsonObject(given) && Object.keys(given).length > 0 ? given : null;
    const prepared = keyset === null ? null : yield* prepare(input, keyset);
    if (prepared?.kind === 'refused') {
      return refuse(row, { status: 'REJECT', reason: prepared.reason });
    }
    const transition = yield* flowRunTransition(ctx, {
      flowRunId,
      proposed: isDetailTrue(state, 'pause_reschedule')
        ? scheduled({ at: nowMicros() }, 'Resuming')
        : running(),
      ...(client === undefined ? {} : { client }),
    });
    if (prepared !== null && transition.status === 'ACCEPT') {
      yield* storeResponse(flowRunId, keyset?.['response'], prepared.value);
    }
    return transition;
  });
