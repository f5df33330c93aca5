import { type JsonObject, type JsonValue, json } from '#server/json.ts';

/** Columns that events tell of, with the name that events give each. */
export type EventFields<Row> = Readonly<Partial<Record<keyof Row & string, string>>>;

const valueOf = <Row extends object>(row: Row, field: string): JsonValue =>
  // Fields come from the row's own keys, and rows hold nothing that JSON cannot carry.
  ((row as Readonly<Record<string, unknown>>)[field] ?? null) as JsonValue;

/** What differs between two versions of a row, as the payload of an event: null when nothing does. */
export const changedFields = <Row extends object>(
  before: Row,
  after: Row,
  fields: EventFields<Row>,
): JsonObject | null => {
  const updates: Record<string, JsonValue> = {};
  for (const [field, name] of Object.entries<string | undefined>(fields)) {
    const from = valueOf(before, field);
    const to = valueOf(after, field);
    if (name !== undefined && json(from) !== json(to)) updates[name] = { from, to };
  }
  const names = Object.keys(updates);
  return names.length === 0 ? null : { updated_fields: names, updates };
};
