import { statement } from '#server/db/statement.ts';
import type { JsonValue } from '#server/json.ts';

export const listVariableValues = statement<
  [],
  { readonly name: string; readonly value: JsonValue }
>('SELECT name, value FROM variable');
