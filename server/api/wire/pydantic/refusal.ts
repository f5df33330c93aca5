import { z } from 'zod';

import type { JsonValue } from '#server/json.ts';

/** Why a value was not accepted, in the words of pydantic, which Prefect's clients print. */
export interface RefusalReason {
  readonly type: string;
  readonly msg: string;
  readonly ctx?: Readonly<Record<string, JsonValue>>;
  /** Where below the value the fault lies; names of a union's members count as steps. */
  readonly loc?: readonly (string | number)[];
  /** The faulty value, when `loc` does not lead to it. */
  readonly input?: unknown;
}

/** The outcome of reading a value that was not accepted. */
export class Refusal {
  readonly reasons: readonly RefusalReason[];

  constructor(reasons: readonly RefusalReason[]) {
    this.reasons = reasons;
  }
}

export const refuse = (
  type: string,
  msg: string,
  ctx?: Readonly<Record<string, JsonValue>>,
): Refusal => new Refusal([ctx === undefined ? { type, msg } : { type, msg, ctx }]);

/** What a validator of Prefect's own would say; its error object is empty on the wire. */
export const refuseValue = (message: string): Refusal =>
  refuse('value_error', `Value error, ${message}`, { error: {} });

/** A schema for anything, which gives a `T`. */
export type Schema<T> = z.ZodType<T>;

/** How the interface document describes what a schema accepts, in the terms of JSON Schema. */
export type Description = Readonly<Record<string, JsonValue>>;

/** Makes a schema of a function that reads a value or says why it cannot. */
export const schemaOf = <T>(
  read: (value: unknown) => T | Refusal,
  description: Description = {},
): Schema<T> =>
  z
    .transform<unknown, T>((value, ctx) => {
      const result = read(value);
      if (!(result instanceof Refusal)) return result;
      for (const reason of result.reasons) {
        ctx.issues.push({
          code: 'custom',
          input: value,
          message: reason.msg,
          params: { reason },
        });
      }
      return z.NEVER;
    })
    .meta(description);

const SHAPES = new WeakMap<z.core.$ZodType, () => z.ZodType>();

/** Lets the interface document describe a schema by another one that reads the same form. */
export const describedAs = <Described extends z.ZodType>(
  schema: Described,
  shape: () => z.ZodType,
): Described => {
  const described = schema.clone();
  SHAPES.set(described, shape);
  return described;
};

/** The schema that stands for this one in the interface document, if there is one. */
export const describingShape = (schema: z.core.$ZodType): z.ZodType | null =>
  SHAPES.get(schema)?.() ?? null;

/** Adds a rule of Prefect's own to a schema: it says what is wrong with a value that was read, or null. */
export const checked = <T>(schema: Schema<T>, fault: (value: T) => string | null): Schema<T> =>
  describedAs(
    schema.transform((value, ctx) => {
      // A rule is about a value that is fine otherwise, and unknown keys alone do not stop zod.
      if (ctx.issues.length > 0) return z.NEVER;
      const message = fault(value);
      if (message === null) return value;
      const [reason] = refuseValue(message).reasons;
      ctx.issues.push({ code: 'custom', input: value, message, params: { reason } });
      return z.NEVER;
    }),
    () => schema,
  );
