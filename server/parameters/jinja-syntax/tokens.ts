import { JinjaFault } from '../jinja-fault.ts';

/** Kinds of tokens that stand for more than their own text. */
const DESCRIPTIONS = {
  data: 'template data / text',
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  eof: 'end of template',
  name: 'name',
  string: 'string',
  integer: 'integer',
  float: 'float',
} as const;

type NamedKind = keyof typeof DESCRIPTIONS;

/** A token. The kind of an operator is the operator itself. */
export interface Token {
  readonly kind: NamedKind | Operator;
  readonly text: string;
  readonly line: number;
}

/** The longer ones first. */
const OPERATORS = [
  '//',
  '**',
  '==',
  '!=',
  '>=',
  '<=',
  '+',
  '-',
  '/',
  '*',
  '%',
  '~',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '>',
  '<',
  '=',
  '.',
  ':',
  '|',
  ',',
  ';',
] as const;

type Operator = (typeof OPERATORS)[number];

/** What a kind of token is called in messages. */
export const describeKind = (kind: Token['kind']): string =>
  Object.entries<string>(DESCRIPTIONS).find(([name]) => name === kind)?.[1] ?? kind;

/** What a token is called in messages. */
export const describeToken = (token: Token): string =>
  token.kind === 'name' ? token.text : describeKind(token.kind);

const ROOT = /([^]*?)(?:(\{%[-+]?\s*raw\s*(?:-%\}\s*|%\}))|(\{%[-+]?)|(\{\{[-+]?)|(\{#[-+]?))/y;
const COMMENT_END = /[^]*?(?:\+#\}|-#\}\s*|#\})/y;
const RAW_END = /([^]*?)(?:\{%[-+]?\s*endraw\s*(?:\+%\}|-%\}\s*|%\}))/y;
const BLOCK_END = /(?:\+%\}|-%\}\s*|%\})/y;
const VARIABLE_END = /(?:-\}\}\s*|\}\})/y;
const SPACE = /\s+/y;

const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}_]+/uy;
const STRING = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const CLOSERS = new Set(CLOSING.values());

/** A text as Python writes it. */
export const quoted = (text: string): string => {
  const escaped = text.replaceAll('\\', '\\\\');
  return text.includes("'") && !text.includes('"')
    ? `"${escaped}"`
    : `'${escaped.replaceAll("'", "\\'")}'`;
};

class Scanner {
  readonly source: string;
  position = 0;
  line = 1;

  constructor(source: string) {
    this.source = source;
  }

  isAtEnd(): boolean {
    return this.position >= this.source.length;
  }

  /** Matches at the present place and goes beyond the match. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.source);
    if (match === null) return null;
    this.position += match[0].length;
    return match;
  }

  countLines(text: string): void {
    this.line += text.split('\n').length - 1;
  }

  fail(message: string): never {
    throw new JinjaFault(message, { line: this.line });
  }
}

const closeBracket = (scanner: Scanner, open: string[], operator: string): void => {
  const expected = open.pop();
  if (expected === undefined) scanner.fail(`unexpected '${operator}'`);
  if (expected !== operator) {
    scanner.fail(`unexpected '${operator}', expected '${expected}'`);
  }
};

const takeOperator = (scanner: Scanner, open: string[]): Operator | null => {
  const found = OPERATORS.find((operator) => scanner.source.startsWith(operator, scanner.position));
  if (found === undefined) return null;
  const closing = CLOSING.get(found);
  if (closing !== undefined) open.push(closing);
  else if (CLOSERS.has(found)) closeBracket(scanner, open, found);
  scanner.position += found.length;
  return found;
};

const takeValue = (scanner: Scanner): Pick<Token, 'kind' | 'text'> | null => {
  // A number after a dot is the place in a list, and may be followed by another dot.
  const isPlace = scanner.source[scanner.position - 1] === '.';
  const float = isPlace ? null : scanner.take(FLOAT);
  if (float !== null) return { kind: 'float', text: float[0] };
  const integer = scanner.take(INTEGER);
  if (integer !== null) return { kind: 'integer', text: integer[0] };
  const name = scanner.take(NAME);
  if (name !== null) {
    if (!IDENTIFIER.test(name[0])) scanner.fail('Invalid character in identifier');
    return { kind: 'name', text: name[0] };
  }
  const string = scanner.take(STRING);
  return string === null ? null : { kind: 'string', text: string[0] };
};

/** The tokens between `{%` and `%}`, or `{{` and `}}`, and that end. */
function* scanInside(scanner: Scanner, end: 'block_end' | 'variable_end'): Generator<Token> {
  const open: string[] = [];
  while (!scanner.isAtEnd()) {
    const { line } = scanner;
    const closed =
      open.length === 0 ? scanner.take(end === 'block_end' ? BLOCK_END : VARIABLE_END) : null;
    if (closed !== null) {
      yield { kind: end, text: closed[0], line };
      scanner.countLines(closed[0]);
      return;
    }
    const space = scanner.take(SPACE);
    if (space !== null) {
      scanner.countLines(space[0]);
      continue;
    }
    const value = takeValue(scanner);
    if (value !== null) {
      yield { ...value, line };
      scanner.countLines(value.text);
      continue;
    }
    const operator = takeOperator(scanner, open);
    if (operator === null) {
      const char = String.fromCodePoint(scanner.source.codePointAt(scanner.position) ?? 0);
      scanner.fail(`unexpected char ${quoted(char)} at ${scanner.position}`);
    }
    yield { kind: operator, text: operator, line };
  }
}

function* scanData(scanner: Scanner, text: string): Generator<Token> {
  if (text !== '') yield { kind: 'data', text, line: scanner.line };
  scanner.countLines(text);
}

// Jinja lets pass what begins at the very end.

const skipComment = (scanner: Scanner): void => {
  if (scanner.isAtEnd()) return;
  const comment = scanner.take(COMMENT_END);
  if (comment === null) scanner.fail('Missing end of comment tag');
  scanner.countLines(comment[0]);
};

function* scanRaw(scanner: Scanner): Generator<Token> {
  if (scanner.isAtEnd()) return;
  const raw = scanner.take(RAW_END);
  if (raw === null) scanner.fail('Missing end of raw directive');
  const [all, text = ''] = raw;
  yield* scanData(scanner, text);
  scanner.countLines(all.slice(text.length));
}

/** The tokens of a template, one after the other: a fault comes when its place is reached. */
export function* scan(source: string): Generator<Token> {
  const scanner = new Scanner(source.replaceAll(/\r\n?/g, '\n').replace(/\n$/, ''));
  while (!scanner.isAtEnd()) {
    const start = scanner.take(ROOT);
    if (start === null) {
      yield* scanData(scanner, scanner.source.slice(scanner.position));
      return;
    }
    const [, text = '', raw, block, variable] = start;
    yield* scanData(scanner, text);
    if (raw !== undefined) {
      scanner.countLines(raw);
      yield* scanRaw(scanner);
    } else if (block !== undefined) {
      yield { kind: 'block_begin', text: block, line: scanner.line };
      yield* scanInside(scanner, 'block_end');
    } else if (variable !== undefined) {
      yield { kind: 'variable_begin', text: variable, line: scanner.line };
      yield* scanInside(scanner, 'variable_end');
    } else {
      skipComment(scanner);
    }
  }
}
