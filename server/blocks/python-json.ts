/** A number as it was spelled in JSON: Python tells 1.0 from 1, and checksums over its JSON do so as well. */
export class SpelledNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Writes the number as Python would, in which 1.0 stays a float whoever reads it next. */
  toJSON(): unknown {
    const isFinite = Number.isFinite(Number(this.text));
    return rawJson(isFinite ? pythonNumber(this.text) : this.text);
  }
}

// Part of Node since 22 and of the language since ES2026; the library's types do not know it yet.
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

interface ReviverContext {
  readonly source?: string;
}

/** Parses JSON without losing how its numbers were spelled. */
export const parseSpelledJson = (text: string): unknown =>
  // The third parameter is part of the language since ES2025; the library's types do not know it yet.
  (
    JSON.parse as (
      text: string,
      reviver: (key: string, value: unknown, context: ReviverContext) => unknown,
    ) => unknown
  )(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? new SpelledNumber(source) : value,
  );

const isWhole = (text: string): boolean => /^-?\d+$/.test(text);

/** A float as Python's `repr` writes it: the shortest digits, with an exponent below 1e-4 and from 1e16 on. */
const pythonFloat = (value: number): string => {
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  const plain = value.toString();
  return plain.includes('.') || plain.includes('e') ? plain : `${plain}.0`;
};

const pythonNumber = (text: string): string =>
  isWhole(text) ? String(BigInt(text)) : pythonFloat(Number(text));

const escaped = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

// By code points, as Python sorts; JavaScript alone would sort by the halves of a surrogate pair.
const byCodePoints = (one: string, other: string): number => {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};

/** Writes a value as Python's `json.dumps` does with sorted keys: the text over which Prefect's checksums go. */
export const pythonJson = (value: unknown): string => {
  if (value instanceof SpelledNumber) return pythonNumber(value.text);
  if (typeof value === 'number') return pythonNumber(String(value));
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).toSorted(([one], [other]) => byCodePoints(one, other));
  return `{${entries.map(([key, item]) => `${escaped(key)}: ${pythonJson(item)}`).join(', ')}}`;
};
