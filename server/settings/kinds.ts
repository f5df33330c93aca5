import { parseDurationSeconds } from './duration.ts';

/** How the text of an environment variable becomes a value. */
export interface Kind<Value> {
  /** Completes the sentence "it must be …" in a refusal and in the documentation. */
  readonly expects: string;
  /** Its value is never shown, neither in a refusal nor by the server. */
  readonly isSecret?: true;
  /** The value is a time span in seconds that Prefect prints in ISO 8601. */
  readonly isDuration?: true;
  /** The value is a float, which Prefect prints as such even when it is whole. */
  readonly isFloat?: true;
  /** True when an empty variable means something else than an unset one. */
  readonly readsEmpty?: true;
  /** The value, or undefined when the text is none of this kind. */
  readonly parse: (text: string) => Value | undefined;
}

/** Bounds of a number; `above` leaves the bound itself out. */
export interface Bounds {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly above?: number;
}

const within = (value: number, { atLeast, atMost, above }: Bounds): boolean =>
  (atLeast === undefined || value >= atLeast) &&
  (atMost === undefined || value <= atMost) &&
  (above === undefined || value > above);

const boundsText = ({ atLeast, atMost, above }: Bounds): string => {
  if (atLeast !== undefined && atMost !== undefined) return ` from ${atLeast} to ${atMost}`;
  if (atLeast !== undefined) return ` of at least ${atLeast}`;
  return above === undefined ? '' : ` above ${above}`;
};

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const parseNumber = (text: string): number | undefined =>
  NUMBER.test(text.trim()) ? Number(text.trim().replaceAll('_', '')) : undefined;

const bounded = (value: number | undefined, bounds: Bounds): number | undefined =>
  value !== undefined && within(value, bounds) ? value : undefined;

export const text: Kind<string> = { expects: 'a text', readsEmpty: true, parse: (value) => value };

export const optionalText: Kind<string | null> = { expects: 'a text', parse: (value) => value };

export const secret: Kind<string | null> = {
  expects: 'a text',
  isSecret: true,
  parse: (value) => value,
};

const TRUE_WORDS = new Set(['1', 'true', 't', 'yes', 'y', 'on']);
const FALSE_WORDS = new Set(['0', 'false', 'f', 'no', 'n', 'off']);

const parseFlag = (value: string): boolean | undefined => {
  const word = value.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
};

export const flag: Kind<boolean> = { expects: 'true or false', parse: parseFlag };

/** An integer; `7.0` counts as one, as it does for Prefect. */
export const whole = (bounds: Bounds = {}): Kind<number> => ({
  expects: `a whole number${boundsText(bounds)}`,
  parse: (value) => {
    const number = parseNumber(value);
    return Number.isSafeInteger(number) ? bounded(number, bounds) : undefined;
  },
});

export const number = (bounds: Bounds = {}): Kind<number> => ({
  expects: `a number${boundsText(bounds)}`,
  isFloat: true,
  parse: (value) => bounded(parseNumber(value), bounds),
});

/** The same kind for a setting whose default is nothing. */
export const optional = <Value>(kind: Kind<Value>): Kind<Value | null> => kind;

/** A time span in seconds. */
export const duration = (bounds: Bounds = {}): Kind<number> => ({
  expects: `a number of seconds${boundsText(bounds)}, or a span such as PT15M or "2 days, 01:30:00"`,
  isDuration: true,
  parse: (value) => bounded(parseDurationSeconds(value) ?? undefined, bounds),
});

/** One of a closed set of words, in any letter case. */
export const choice = <Word extends string>(words: readonly Word[]): Kind<Word> => ({
  expects: `one of ${words.join(', ')}`,
  parse: (value) => words.find((word) => word.toLowerCase() === value.trim().toLowerCase()),
});

const parseJson = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

/** A JSON object of names and time spans in seconds. */
export const durationsByName: Kind<Readonly<Record<string, number>>> = {
  expects: 'a JSON object of names and seconds, such as {"prefect.flow-run.heartbeat": 3600}',
  isDuration: true,
  parse: (value) => {
    const parsed = parseJson(value);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const entries = Object.entries(parsed).map(
      ([name, span]) => [name, parseDurationSeconds(String(span))] as const,
    );
    return entries.every((entry): entry is readonly [string, number] => entry[1] !== null)
      ? Object.fromEntries(entries)
      : undefined;
  },
};

export type VacuumPart = 'events' | 'flow_runs' | 'orphans';
const VACUUM_PARTS: readonly VacuumPart[] = ['events', 'flow_runs', 'orphans'];

/** What the vacuum removes. The older `true` and `false` stand for everything and for events alone. */
export const vacuumParts: Kind<readonly VacuumPart[]> = {
  expects: 'a list of events, flow_runs and orphans, separated by commas',
  readsEmpty: true,
  parse: (value) => {
    if (value.trim() === '') return ['events'];
    const isEverything = parseFlag(value);
    if (isEverything !== undefined) return isEverything ? VACUUM_PARTS : ['events'];
    if (['none', 'null'].includes(value.trim().toLowerCase())) return [];
    const list = parseJson(value) ?? value.split(',');
    const words = Array.isArray(list) ? list.map((word) => String(word).trim()) : [];
    const parts = VACUUM_PARTS.filter(
      (part) => words.includes(part) || (part === 'orphans' && words.includes('flow_runs')),
    );
    return words.every((word) => parts.some((part) => part === word)) && Array.isArray(list)
      ? parts
      : undefined;
  },
};
