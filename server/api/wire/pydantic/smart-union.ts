import type { z } from 'zod';

import { isJsonObject } from '#server/json.ts';

import { toErrorItems } from './error-items.ts';
import { Refusal, type RefusalReason, type Schema, refuse, schemaOf } from './refusal.ts';

/** The reasons that a schema gives against a value, with the steps to them after the given ones. */
const reasonsOf = (
  error: z.ZodError,
  { value, loc }: { readonly value: unknown; readonly loc: readonly string[] },
): readonly RefusalReason[] => toErrorItems(error, { root: value, loc });

/** Reads a value or says why it cannot. */
export const readBy = <T>(schema: Schema<T>, value: unknown): T | Refusal => {
  const result = schema.safeParse(value);
  return result.success ? result.data : new Refusal(reasonsOf(result.error, { value, loc: [] }));
};

export interface ModelMember<T> {
  /** How pydantic names the member in the place of a fault. */
  readonly label: string;
  /** What the key `type` says of values that are of this member and no other. */
  readonly type: string;
  /** The keys that the member knows. */
  readonly keys: readonly string[];
  readonly schema: Schema<T>;
}

const weightOf = (value: unknown, keys: readonly string[]): number =>
  isJsonObject(value) ? keys.filter((key) => Object.hasOwn(value, key)).length : 0;

/**
 * The member of models that accepts a value; of several the one that knows most of its keys, the first of equal ones.
 * When none does, the faults of all of them.
 */
export const modelUnion = <T>(members: () => readonly ModelMember<T>[]): Schema<T> =>
  schemaOf((value) => {
    if (value === undefined) return refuse('missing', 'Field required');
    const candidates = members();
    const named = candidates.find(({ type }) => isJsonObject(value) && value['type'] === type);
    // All others refuse what says its type, so that they need not be asked while it is in order.
    const plain = named?.schema.safeParse(value);
    if (plain?.success === true) return plain.data;
    const reasons: RefusalReason[] = [];
    let best: { readonly data: T; readonly weight: number } | null = null;
    for (const member of candidates) {
      const { label, keys } = member;
      // Read once: members within members would double what there is to read with each level.
      const result =
        member === named && plain !== undefined ? plain : member.schema.safeParse(value);
      if (!result.success) {
        reasons.push(...reasonsOf(result.error, { value, loc: [label] }));
        continue;
      }
      const weight = weightOf(value, keys);
      if (best === null || weight > best.weight) best = { data: result.data, weight };
    }
    return best === null ? new Refusal(reasons) : best.data;
  });
