import { type Loops, readTemplate } from './statement.ts';
import { TokenStream } from './token-stream.ts';

/** Reads a template as Jinja does and gives its loops. Throws a JinjaFault, in Jinja's words, when it is none. */
export const checkSyntax = (template: string): Pick<Loops, 'count' | 'deepest'> => {
  const loops: Loops = { count: 0, depth: 0, deepest: 0 };
  readTemplate({ stream: new TokenStream(template), loops });
  return loops;
};
