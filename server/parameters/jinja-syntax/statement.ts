import { readExpression, readFilters, readTuple } from './expression.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

/** How many loops there are, and how deep they are in each other. */
export interface Loops {
  count: number;
  depth: number;
  deepest: number;
}

interface Reading {
  readonly stream: TokenStream;
  readonly loops: Loops;
}

const CONSTANT_NAMES = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

const readTargetName = ({ stream }: Reading): Token => {
  const token = stream.expect('name');
  if (CONSTANT_NAMES.has(token.text)) stream.fail("can't assign to 'name'", token.line);
  return token;
};

const readTarget = (
  { stream }: Reading,
  options: { readonly allowsNamespace?: boolean } = {},
): void => {
  const target = readTuple(stream, { ...options, isTarget: true });
  if (!target.canAssign) stream.fail(`can't assign to '${target.kind}'`, target.line);
};

/** What stands between a tag and the tag that ends it, which is the current one afterwards. */
const readBody = (reading: Reading, ends: readonly string[]): void => {
  const { stream } = reading;
  stream.skipIf(':');
  stream.expect('block_end');
  stream.awaitedTags.push(ends);
  stream.within(() => readTemplate(reading, ends));
  // Whatever it was that ended the template, it is the innermost tag that misses its end.
  if (stream.is('eof')) stream.failAtTag(null);
  stream.awaitedTags.pop();
};

const readWholeBody = (reading: Reading, end: string): void => {
  readBody(reading, [end]);
  reading.stream.next();
};

const readFor = (reading: Reading): void => {
  const { stream, loops } = reading;
  loops.count += 1;
  loops.depth += 1;
  loops.deepest = Math.max(loops.deepest, loops.depth);
  readTarget(reading);
  stream.expectWord('in');
  readTuple(stream, { hasCondition: false });
  if (stream.skipWord('if')) readExpression(stream);
  stream.skipWord('recursive');
  readBody(reading, ['endfor', 'else']);
  if (stream.next().text === 'else') readWholeBody(reading, 'endfor');
  loops.depth -= 1;
};

const readIf = (reading: Reading): void => {
  const { stream } = reading;
  for (;;) {
    readTuple(stream, { hasCondition: false });
    readBody(reading, ['elif', 'else', 'endif']);
    const { text } = stream.next();
    if (text === 'else') readWholeBody(reading, 'endif');
    if (text !== 'elif') return;
  }
};

const readSet = (reading: Reading): void => {
  const { stream } = reading;
  readTarget(reading, { allowsNamespace: true });
  if (stream.skipIf('=')) {
    readTuple(stream);
    return;
  }
  readFilters(stream);
  readWholeBody(reading, 'endset');
};

const readWith = (reading: Reading): void => {
  const { stream } = reading;
  let isFirst = true;
  while (!stream.is('block_end')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    readTarget(reading);
    stream.expect('=');
    readExpression(stream);
  }
  readWholeBody(reading, 'endwith');
};

const HYPHENED =
  'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.';

const readBlock = (reading: Reading): void => {
  const { stream } = reading;
  const { text } = stream.expect('name');
  stream.skipWord('scoped');
  stream.skipWord('required');
  if (stream.is('-')) stream.fail(HYPHENED);
  readWholeBody(reading, 'endblock');
  stream.skipWord(text);
};

/** `with context` or `without context`. */
const readContext = ({ stream }: Reading): boolean => {
  if (!stream.isWord('with', 'without')) return false;
  const next = stream.look();
  if (next.kind !== 'name' || next.text !== 'context') return false;
  stream.next();
  stream.next();
  return true;
};

const readInclude = (reading: Reading): void => {
  const { stream } = reading;
  readExpression(stream);
  if (stream.isWord('ignore') && stream.look().text === 'missing') {
    stream.next();
    stream.next();
  }
  readContext(reading);
};

const readImport = (reading: Reading): void => {
  readExpression(reading.stream);
  reading.stream.expectWord('as');
  readTargetName(reading);
  readContext(reading);
};

const readFrom = (reading: Reading): void => {
  const { stream } = reading;
  readExpression(stream);
  stream.expectWord('import');
  let isFirst = true;
  do {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    if (!stream.is('name')) stream.expect('name');
    if (readContext(reading)) return;
    const { text, line } = readTargetName(reading);
    if (text.startsWith('_')) {
      stream.fail('names starting with an underline can not be imported', line);
    }
    if (stream.skipWord('as')) readTargetName(reading);
  } while (!readContext(reading) && stream.is(','));
};

const readSignature = (reading: Reading): void => {
  const { stream } = reading;
  stream.expect('(');
  let isFirst = true;
  let hasDefaults = false;
  while (!stream.is(')')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    readTargetName(reading);
    if (stream.skipIf('=')) {
      hasDefaults = true;
      readExpression(stream);
    } else if (hasDefaults) {
      stream.fail('non-default argument follows default argument');
    }
  }
  stream.expect(')');
};

const readMacro = (reading: Reading): void => {
  readTargetName(reading);
  readSignature(reading);
  readWholeBody(reading, 'endmacro');
};

const readCallBlock = (reading: Reading, line: number): void => {
  const { stream } = reading;
  if (stream.is('(')) readSignature(reading);
  if (readExpression(stream).kind !== 'call') stream.fail('expected call', line);
  readWholeBody(reading, 'endcall');
};

const readPrint = ({ stream }: Reading): void => {
  let isFirst = true;
  while (!stream.is('block_end')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    readExpression(stream);
  }
};

const TAGS: ReadonlyMap<string, (reading: Reading, line: number) => void> = new Map([
  ['for', readFor],
  ['if', readIf],
  ['set', readSet],
  ['with', readWith],
  ['block', readBlock],
  ['extends', ({ stream }) => void readExpression(stream)],
  ['include', readInclude],
  ['import', readImport],
  ['from', readFrom],
  ['macro', readMacro],
  ['call', readCallBlock],
  ['print', readPrint],
  [
    'filter',
    (reading) => {
      readFilters(reading.stream, { isStarted: true });
      readWholeBody(reading, 'endfilter');
    },
  ],
  [
    'autoescape',
    (reading) => {
      readExpression(reading.stream);
      readWholeBody(reading, 'endautoescape');
    },
  ],
]);

const readStatement = (reading: Reading): void => {
  const { stream } = reading;
  const { kind, text, line } = stream.current;
  if (kind !== 'name') stream.fail('tag name expected', line);
  const read = TAGS.get(text);
  if (read === undefined) return stream.failAtTag(text, line);
  stream.openTags.push(text);
  stream.next();
  read(reading, line);
  stream.openTags.pop();
};

/** Reads text, expressions and statements up to one of the tags, or to the end. */
export const readTemplate = (reading: Reading, ends: readonly string[] = []): void => {
  const { stream } = reading;
  while (!stream.is('eof')) {
    const { kind } = stream.next();
    if (kind === 'variable_begin') {
      readTuple(stream);
      stream.expect('variable_end');
    } else if (kind === 'block_begin') {
      if (stream.isWord(...ends)) return;
      readStatement(reading);
      stream.expect('block_end');
    }
  }
};
