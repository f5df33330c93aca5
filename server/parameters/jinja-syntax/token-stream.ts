import { JinjaFault } from '../jinja-fault.ts';
import { type Token, describeKind, describeToken, quoted, scan } from './tokens.ts';

const MAX_DEPTH = 100;

/** Walks over the tokens of a template, and knows the tags that are open. */
export class TokenStream {
  readonly #tokens: Iterator<Token>;
  #ahead: Token | null = null;
  #depth = 0;
  current: Token;
  /** The tags within which the present place is, the innermost last. */
  readonly openTags: string[] = [];
  /** The tags that would end each of them. */
  readonly awaitedTags: (readonly string[])[] = [];

  constructor(source: string) {
    this.#tokens = scan(source);
    this.current = { kind: 'eof', text: '', line: 1 };
    this.next();
  }

  #pull(line: number): Token {
    const result = this.#tokens.next();
    return result.done === true ? { kind: 'eof', text: '', line } : result.value;
  }

  /** Goes on to the next token and gives the one that was current. */
  next(): Token {
    const passed = this.current;
    this.current = this.#ahead ?? this.#pull(passed.line);
    this.#ahead = null;
    return passed;
  }

  /** The token after the current one. */
  look(): Token {
    this.#ahead ??= this.#pull(this.current.line);
    return this.#ahead;
  }

  is(kind: Token['kind']): boolean {
    return this.current.kind === kind;
  }

  isAny(kinds: readonly Token['kind'][]): boolean {
    return kinds.includes(this.current.kind);
  }

  /** Whether the current token is one of the words. */
  isWord(...words: readonly string[]): boolean {
    return this.current.kind === 'name' && words.includes(this.current.text);
  }

  skipIf(kind: Token['kind']): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }

  skipWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.next();
    return true;
  }

  expect(kind: Token['kind']): Token {
    if (!this.is(kind)) this.#failExpecting(describeKind(kind));
    return this.next();
  }

  expectWord(word: string): Token {
    if (!this.isWord(word)) this.#failExpecting(word);
    return this.next();
  }

  #failExpecting(expected: string): never {
    if (this.is('eof')) {
      this.fail(`unexpected end of template, expected ${quoted(expected)}.`);
    }
    this.fail(`expected token ${quoted(expected)}, got ${quoted(describeToken(this.current))}`);
  }

  fail(message: string, line = this.current.line): never {
    throw new JinjaFault(message, { line });
  }

  /** Reads what is one level deeper. */
  within<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.fail('The template is nested too deeply.');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** Says that a tag is none that may stand here, or that the template ends too early. */
  failAtTag(name: string | null, line = this.current.line): never {
    const last = this.awaitedTags.at(-1);
    const looking = last?.map(quoted).join(' or ');
    const message = [
      name === null ? 'Unexpected end of template.' : `Encountered unknown tag ${quoted(name)}.`,
    ];
    if (looking !== undefined) {
      const isExpected = name !== null && this.awaitedTags.some((tags) => tags.includes(name));
      message.push(
        isExpected
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
    }
    const innermost = this.openTags.at(-1);
    if (innermost !== undefined) {
      message.push(`The innermost block that needs to be closed is ${quoted(innermost)}.`);
    }
    this.fail(message.join(' '), line);
  }
}
