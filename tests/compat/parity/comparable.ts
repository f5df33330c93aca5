import { isJsonObject } from '#server/json.ts';
import { type Micros, formatInstant, micros, nowMicros, parseInstant } from '#server/time.ts';

/** Gives each id the number of its first appearance, by which ids of two databases can be compared. */
export interface Registry {
  readonly nameOf: (id: string) => string;
}

export const createRegistry = (): Registry => {
  const names = new Map<string, string>();
  return {
    nameOf: (id) => {
      const known = names.get(id);
      if (known !== undefined) return known;
      const name = `#${names.size + 1}`;
      names.set(id, name);
      return name;
    },
  };
};

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MICROS_PER_HOUR = 3_600_000_000;

/** What is measured by the clock or drawn at random. */
const MEASURED = new Set([
  'total_run_time',
  'totalRunTime',
  'estimated_run_time',
  'estimated_start_time_delta',
  'retry_after',
  'avg_slot_occupancy_seconds',
  'avgSlotOccupancySeconds',
  'time_in_current_state',
  'runTime',
  'lateness',
  'runningSince',
  'waitingSince',
  'txid',
  'fernet_key',
]);

/** An instant that was given as it is; one around now as such, and what is to come by the hour. */
const comparableInstant = (at: Micros): string => {
  const ahead = at - nowMicros();
  if (Math.abs(ahead) < MICROS_PER_HOUR) return '<now>';
  return ahead < 0 ? formatInstant(at) : `<in ${Math.round(ahead / MICROS_PER_HOUR)} h>`;
};

const comparableText = (registry: Registry, text: string): string => {
  const at = INSTANT.test(text) ? parseInstant(text) : null;
  if (at !== null) return comparableInstant(at);
  // What a secret was encrypted to, which is never the same twice.
  if (text.startsWith('gAAAAA')) return '<encrypted>';
  return text.replaceAll(UUID, (id) => registry.nameOf(id));
};

const YEAR_2001_MICROS = 978_307_200_000_000;

/** The same value wherever and whenever it was made: ids by their first appearance, the present as such. */
export const comparable = (registry: Registry, value: unknown): unknown => {
  if (typeof value === 'string') return comparableText(registry, value);
  if (typeof value === 'bigint') return comparable(registry, Number(value));
  if (typeof value === 'number' && value > YEAR_2001_MICROS)
    return comparableInstant(micros(value));
  if (Array.isArray(value)) return value.map((item) => comparable(registry, item));
  if (!isJsonObject(value)) return value ?? null;
  const isNamedAtRandom = value['auto_scheduled'] === true || value['autoScheduled'] === true;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [
        comparableText(registry, key),
        (MEASURED.has(key) && value[key] !== null) || (key === 'name' && isNamedAtRandom)
          ? `<${key}>`
          : comparable(registry, value[key]),
      ]),
  );
};
