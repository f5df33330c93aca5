import type { FlowRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { insertFlow } from '#server/db/sql/flow-statements.ts';
import { readFlowRowByName } from '#server/db/sql/read-entity.ts';
import { newId } from '#server/ids.ts';
import { type JsonObject, json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

import { recordFlow } from './flow-events.ts';

export interface NewFlow {
  readonly name: string;
  readonly tags?: readonly string[];
  /** None when left out; null is kept as it is. */
  readonly labels?: JsonObject | null;
}

export interface CreatedFlow {
  readonly flow: FlowRow;
  /** Whether this call made it; a flow of the name that was there is given back untouched. */
  readonly isCreated: boolean;
}

/** Gives the flow of a name, which is made when there is none. */
export const createFlow = async (
  ctx: Context,
  { name, tags = [], labels = {} }: NewFlow,
): Promise<CreatedFlow> => {
  // Every flow run asks for its flow first, and nearly always it is there: that takes no turn of the writer.
  const known = await ctx.db.read(() => one(readFlowRowByName(name)));
  if (known !== null) return { flow: known, isCreated: false };
  return ctx.db.write(function* () {
    const now = nowMicros();
    const made = yield* one(
      insertFlow(newId(), now, now, name, json(tags), labels === null ? null : json(labels)),
    );
    if (made !== null) {
      yield* recordFlow('created', made);
      return { flow: made, isCreated: true };
    }
    const other = yield* one(readFlowRowByName(name));
    if (other === null) throw new Error(`The flow ${name} is neither new nor known.`);
    return { flow: other, isCreated: false };
  });
};
