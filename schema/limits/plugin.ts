import { Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { limitError } from './limit-error.ts';
import { limitRule } from './limit-rule.ts';
import { LIMITS } from './limits.ts';

/** Refuses a text of too many tokens before it is parsed; one with a mistake in it is left to the parser. */
const refuseLongText = (query: string): void => {
  // A token has at least one character.
  if (query.length <= LIMITS.tokens) return;
  const lexer = new Lexer(new Source(query));
  let tokens = 0;
  try {
    while (tokens <= LIMITS.tokens && lexer.advance().kind !== TokenKind.EOF) tokens += 1;
  } catch {
    return;
  }
  if (tokens > LIMITS.tokens) throw limitError('tokens', LIMITS.tokens, null);
};

/** Refuses operations that are larger than any reader needs, before anything is read for them. */
export const limitPlugin = (): Plugin => ({
  // Here for HTTP, where only this hook may choose the status; in `onParse` for sockets, which have no such hook.
  onParams: ({ params }) => refuseLongText(params.query ?? ''),
  onParse: ({ params }) => refuseLongText(params.source.toString()),
  onValidate: ({ addValidationRule }) => addValidationRule(limitRule),
});
