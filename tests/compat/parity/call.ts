import type { Found, GraphqlCall, RestCall } from './step.ts';

/** An id that an earlier step has kept. Fails when none has. */
export const need = (found: Found, name: string): string => {
  const id = found[name];
  if (id === undefined) throw new Error(`No step has kept ${name}.`);
  return id;
};

/** A call about one thing by its id, which stands in REST's path and in the input of a mutation. */
export const byId =
  (name: string, input: Readonly<Record<string, unknown>> = {}, body?: unknown) =>
  (found: Found): RestCall & GraphqlCall => {
    const id = need(found, name);
    return { path: { id }, input: { id, ...input }, ...(body === undefined ? {} : { body }) };
  };

/** A call that reads one thing by its id. */
export const readById =
  (name: string, select: string) =>
  (found: Found): RestCall & GraphqlCall => {
    const id = need(found, name);
    return { path: { id }, args: { id }, select };
  };

/** A call that reads one thing by its id, where the schema finds it by other keys too. */
export const readBy =
  (name: string, select: string) =>
  (found: Found): RestCall & GraphqlCall => {
    const id = need(found, name);
    return { path: { id }, args: { by: { id } }, select };
  };
