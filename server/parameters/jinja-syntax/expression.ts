import type { TokenStream } from './token-stream.ts';
import { type Token, describeToken, quoted } from './tokens.ts';

/** What an expression is, as far as it matters where it stands. */
export interface Expression {
  readonly kind: string;
  readonly line: number;
  readonly canAssign: boolean;
}

const COMPARISONS: readonly Token['kind'][] = ['==', '!=', '<', '<=', '>', '>='];
const CONSTANTS = new Set(['true', 'false', 'True', 'False', 'none', 'None']);

const made = (kind: string, line: number, canAssign = false): Expression => ({
  kind,
  line,
  canAssign,
});

type Read = (stream: TokenStream) => Expression;

/** Parts of one kind between operators. */
const chain =
  (kind: string, operators: readonly Token['kind'][], readPart: Read): Read =>
  (stream) => {
    let left = readPart(stream);
    while (stream.isAny(operators)) {
      const { line } = stream.next();
      readPart(stream);
      left = made(kind, line);
    }
    return left;
  };

const wordChain =
  (kind: string, word: string, readPart: Read): Read =>
  (stream) => {
    let left = readPart(stream);
    while (stream.isWord(word)) {
      const { line } = stream.next();
      readPart(stream);
      left = made(kind, line);
    }
    return left;
  };

/** The value of an attribute or a place: `a.b`, `a.0`, `a[b]`. */
const readSubscript = (stream: TokenStream): Expression => {
  const token = stream.next();
  if (token.kind === '.') {
    const attribute = stream.next();
    if (attribute.kind === 'name') return made('getattr', token.line);
    if (attribute.kind !== 'integer') stream.fail('expected name or number', attribute.line);
    return made('getitem', token.line);
  }
  let isFirst = true;
  while (!stream.is(']')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    readSlice(stream);
  }
  stream.expect(']');
  return made('getitem', token.line);
};

const readSlice = (stream: TokenStream): void => {
  const isOpen = (): boolean => stream.isAny([']', ',']);
  if (!stream.skipIf(':')) {
    readExpression(stream);
    if (!stream.skipIf(':')) return;
  }
  if (!stream.is(':') && !isOpen()) readExpression(stream);
  if (stream.skipIf(':') && !isOpen()) readExpression(stream);
};

interface Given {
  hasList: boolean;
  hasNames: boolean;
  hasMapping: boolean;
}

const readArgument = (stream: TokenStream, given: Given, line: number): void => {
  const ensure = (isFine: boolean): void => {
    if (!isFine) stream.fail('invalid syntax for function call expression', line);
  };
  if (stream.is('*')) {
    ensure(!given.hasList && !given.hasMapping);
    stream.next();
    given.hasList = true;
  } else if (stream.is('**')) {
    ensure(!given.hasMapping);
    stream.next();
    given.hasMapping = true;
  } else if (stream.is('name') && stream.look().kind === '=') {
    ensure(!given.hasMapping);
    stream.next();
    stream.next();
    given.hasNames = true;
  } else {
    ensure(!given.hasList && !given.hasMapping && !given.hasNames);
  }
  readExpression(stream);
};

const readCall = (stream: TokenStream): Expression => {
  const { line } = stream.expect('(');
  const given: Given = { hasList: false, hasNames: false, hasMapping: false };
  let isFirst = true;
  while (!stream.is(')')) {
    if (!isFirst) {
      stream.expect(',');
      if (stream.is(')')) break;
    }
    isFirst = false;
    readArgument(stream, given, line);
  }
  stream.expect(')');
  return made('call', line);
};

const readPostfix = (stream: TokenStream, start: Expression): Expression => {
  let node = start;
  for (;;) {
    if (stream.isAny(['.', '['])) node = readSubscript(stream);
    else if (stream.is('(')) node = readCall(stream);
    else return node;
  }
};

const readDottedName = (stream: TokenStream): void => {
  stream.expect('name');
  while (stream.skipIf('.')) stream.expect('name');
};

/** Filters, each after a `|`, or the first without one. */
export const readFilters = (stream: TokenStream, { isStarted = false } = {}): boolean => {
  let isFirst = isStarted;
  while (stream.is('|') || isFirst) {
    if (!isFirst) stream.next();
    isFirst = false;
    readDottedName(stream);
    if (stream.is('(')) readCall(stream);
  }
  return true;
};

const TEST_ARGUMENTS: readonly Token['kind'][] = [
  'name',
  'string',
  'integer',
  'float',
  '(',
  '[',
  '{',
];

const readTest = (stream: TokenStream): Expression => {
  const { line } = stream.next();
  stream.skipWord('not');
  readDottedName(stream);
  if (stream.is('(')) {
    readCall(stream);
  } else if (stream.isAny(TEST_ARGUMENTS) && !stream.isWord('else', 'or', 'and')) {
    if (stream.isWord('is')) stream.fail('You cannot chain multiple tests with is');
    readPostfix(stream, readPrimary(stream));
  }
  return made('test', line);
};

const readFiltersAndTests = (stream: TokenStream, start: Expression): Expression => {
  let node = start;
  for (;;) {
    const { line } = stream.current;
    if (stream.is('|')) {
      readFilters(stream);
      node = made('filter', line);
    } else if (stream.isWord('is')) node = readTest(stream);
    else if (stream.is('(')) node = readCall(stream);
    else return node;
  }
};

const readList = (stream: TokenStream): Expression => {
  const { line } = stream.expect('[');
  let isFirst = true;
  while (!stream.is(']')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    if (stream.is(']')) break;
    readExpression(stream);
  }
  stream.expect(']');
  return made('list', line);
};

const readDict = (stream: TokenStream): Expression => {
  const { line } = stream.expect('{');
  let isFirst = true;
  while (!stream.is('}')) {
    if (!isFirst) stream.expect(',');
    isFirst = false;
    if (stream.is('}')) break;
    readExpression(stream);
    stream.expect(':');
    readExpression(stream);
  }
  stream.expect('}');
  return made('dict', line);
};

/** A name, a literal or what stands in brackets. */
const readPrimary = (stream: TokenStream, { allowsNamespace = false } = {}): Expression => {
  const token = stream.current;
  switch (token.kind) {
    case 'name':
      stream.next();
      if (CONSTANTS.has(token.text)) return made('const', token.line);
      if (!allowsNamespace || !stream.skipIf('.')) return made('name', token.line, true);
      stream.expect('name');
      return made('nsref', token.line, true);
    case 'string':
      while (stream.skipIf('string'));
      return made('const', token.line);
    case 'integer':
    case 'float':
      stream.next();
      return made('const', token.line);
    case '(': {
      stream.next();
      const node = readTuple(stream, { isInParentheses: true });
      stream.expect(')');
      return node;
    }
    case '[':
      return readList(stream);
    case '{':
      return readDict(stream);
    default:
      return stream.fail(`unexpected ${quoted(describeToken(token))}`, token.line);
  }
};

const readUnary = (stream: TokenStream, hasFilters = true): Expression =>
  stream.within(() => {
    const token = stream.current;
    const isSigned = stream.isAny(['-', '+']);
    if (isSigned) stream.next();
    const node = isSigned ? readUnary(stream, false) : readPrimary(stream);
    const kind = token.kind === '-' ? 'neg' : 'pos';
    const value = readPostfix(stream, isSigned ? made(kind, token.line) : node);
    return hasFilters ? readFiltersAndTests(stream, value) : value;
  });

const readPower = chain('pow', ['**'], readUnary);
const readProduct = chain('mul', ['*', '/', '//', '%'], readPower);
const readConcat = chain('concat', ['~'], readProduct);
const readSum = chain('add', ['+', '-'], readConcat);

const readComparison: Read = (stream) => {
  const { line } = stream.current;
  let node = readSum(stream);
  for (;;) {
    const next = stream.isWord('not') ? stream.look() : null;
    if (stream.isAny(COMPARISONS) || stream.isWord('in')) {
      stream.next();
    } else if (next?.kind === 'name' && next.text === 'in') {
      stream.next();
      stream.next();
    } else {
      return node;
    }
    readSum(stream);
    node = made('compare', line);
  }
};

const readNot: Read = (stream) => {
  if (!stream.isWord('not')) return readComparison(stream);
  const { line } = stream.next();
  stream.within(() => readNot(stream));
  return made('not', line);
};

const readAnd = wordChain('and', 'and', readNot);
const readOr = wordChain('or', 'or', readAnd);

const readCondition: Read = (stream) => {
  const { line } = stream.current;
  let node = readOr(stream);
  while (stream.skipWord('if')) {
    readOr(stream);
    if (stream.skipWord('else')) stream.within(() => readCondition(stream));
    node = made('condexpr', line);
  }
  return node;
};

/** An expression; without a condition, `if` belongs to what comes after it. */
export const readExpression = (stream: TokenStream, { hasCondition = true } = {}): Expression =>
  hasCondition ? readCondition(stream) : readOr(stream);

interface TupleOptions {
  readonly isTarget?: boolean;
  readonly allowsNamespace?: boolean;
  readonly hasCondition?: boolean;
  readonly isInParentheses?: boolean;
}

/** One expression, or several with commas between them. */
export const readTuple = (stream: TokenStream, options: TupleOptions = {}): Expression => {
  const { isTarget, allowsNamespace, hasCondition = true, isInParentheses } = options;
  const { line } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) stream.expect(',');
    if (stream.isAny(['variable_end', 'block_end', ')'])) break;
    items.push(
      isTarget === true
        ? readPrimary(stream, { allowsNamespace: allowsNamespace ?? false })
        : readExpression(stream, { hasCondition }),
    );
    if (!stream.is(',')) break;
    isTuple = true;
  }
  const [only] = items;
  if (!isTuple) {
    if (only !== undefined) return only;
    if (isInParentheses !== true) {
      stream.fail(`Expected an expression, got ${quoted(describeToken(stream.current))}`);
    }
  }
  return made(
    'tuple',
    line,
    items.every(({ canAssign }) => canAssign),
  );
};
