/** Where a text stops being JSON and what Python's parser says there. */
export interface JsonFault {
  readonly position: number;
  readonly message: string;
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'];
const ESCAPES = 'bfnrtu"\\/';

/** Thrown inside the scan alone, to leave it at the fault. */
class Fault extends Error {
  readonly position: number;

  constructor(position: number, message: string) {
    super(message);
    this.position = position;
  }
}

const fail = (position: number, message: string): never => {
  throw new Fault(position, message);
};

const skipBlank = (text: string, position: number): number => {
  BLANK.lastIndex = position;
  BLANK.test(text);
  return BLANK.lastIndex;
};

const scanText = (text: string, start: number): number => {
  let position = start + 1;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === '"') return position + 1;
    if (character < ' ') fail(position, 'Invalid control character at');
    if (character !== '\\') {
      position += 1;
      continue;
    }
    const escaped = text.charAt(position + 1);
    if (escaped === '') break;
    if (!ESCAPES.includes(escaped)) fail(position, 'Invalid \\escape');
    const isUnicode = escaped === 'u';
    if (isUnicode && !/^[0-9a-fA-F]{4}$/.test(text.slice(position + 2, position + 6))) {
      fail(position + 1, 'Invalid \\uXXXX escape');
    }
    position += isUnicode ? 6 : 2;
  }
  return fail(start, 'Unterminated string starting at');
};

const scanObject = (text: string, start: number): number => {
  let position = skipBlank(text, start + 1);
  if (text.charAt(position) === '}') return position + 1;
  for (;;) {
    if (text.charAt(position) !== '"') {
      fail(position, 'Expecting property name enclosed in double quotes');
    }
    position = skipBlank(text, scanText(text, position));
    if (text.charAt(position) !== ':') fail(position, "Expecting ':' delimiter");
    position = skipBlank(text, scanValue(text, skipBlank(text, position + 1)));
    const end = text.charAt(position);
    if (end === '}') return position + 1;
    if (end !== ',') fail(position, "Expecting ',' delimiter");
    position = skipBlank(text, position + 1);
  }
};

const scanList = (text: string, start: number): number => {
  let position = skipBlank(text, start + 1);
  if (text.charAt(position) === ']') return position + 1;
  for (;;) {
    position = skipBlank(text, scanValue(text, position));
    const end = text.charAt(position);
    if (end === ']') return position + 1;
    if (end !== ',') fail(position, "Expecting ',' delimiter");
    position = skipBlank(text, position + 1);
  }
};

const scanValue = (text: string, start: number): number => {
  const first = text.charAt(start);
  if (first === '{') return scanObject(text, start);
  if (first === '[') return scanList(text, start);
  if (first === '"') return scanText(text, start);
  const word = WORDS.find((candidate) => text.startsWith(candidate, start));
  if (word !== undefined) return start + word.length;
  NUMBER.lastIndex = start;
  return NUMBER.test(text) ? NUMBER.lastIndex : fail(start, 'Expecting value');
};

/** Finds why a text is not JSON, for the message that clients print. */
export const findJsonFault = (text: string): JsonFault => {
  try {
    const end = skipBlank(text, scanValue(text, skipBlank(text, 0)));
    return { position: end, message: 'Extra data' };
  } catch (error) {
    if (error instanceof Fault) return { position: error.position, message: error.message };
    // The stack ran out on a text that is nested without end.
    return { position: 0, message: 'Expecting value' };
  }
};
