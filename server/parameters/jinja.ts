import { Environment, Interpreter, Template } from '@huggingface/jinja';

import { isJsonObject } from '#server/json.ts';
import { withPlainNumbers } from '#server/lossless-json.ts';

const MAX_LOOPS = 10;
const MAX_LOOP_DEPTH = 2;
const MAX_RANGE = 100;

/** A template that is wrong, or that could not be rendered. */
export class JinjaFault extends Error {
  /** The line that it is in, from 1; 0 for what is wrong with the whole. */
  readonly line: number;

  constructor(message: string, { line = 0, ...options }: ErrorOptions & { line?: number } = {}) {
    super(message, options);
    this.line = line;
  }
}

interface Loops {
  readonly count: number;
  readonly depth: number;
}

const loopsIn = (node: unknown): Loops => {
  const parts = Array.isArray(node) ? node : Object.values(isJsonObject(node) ? node : {});
  let count = 0;
  let depth = 0;
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) continue;
    const inner = loopsIn(part);
    count += inner.count;
    depth = Math.max(depth, inner.depth);
  }
  const isLoop = isJsonObject(node) && node['type'] === 'For';
  return isLoop ? { count: count + 1, depth: depth + 1 } : { count, depth };
};

const range = (...bounds: readonly number[]): readonly number[] => {
  const [first = 0, second, step = 1] = bounds;
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (step === 0) throw new JinjaFault('range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_RANGE) {
    throw new JinjaFault(
      `OverflowError('Range too big. The sandbox blocks ranges larger than MAX_TEMPLATE_RANGE=${MAX_RANGE}.')`,
    );
  }
  return Array.from({ length }, (_, index) => start + index * step);
};

const CONSTANTS = { true: true, True: true, false: false, False: false, none: null, None: null };

/** Reads a template. Throws a JinjaFault when it is none, or when it could keep the server busy. */
export const parseTemplate = (text: string): Template => {
  let template: Template;
  try {
    template = new Template(text);
  } catch (error) {
    throw new JinjaFault(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const { count, depth } = loopsIn(template.parsed);
  if (depth > MAX_LOOP_DEPTH) {
    throw new JinjaFault(
      `Contains nested for loops at a depth of ${depth}. Templates can nest for loops no more than ${MAX_LOOP_DEPTH} loops deep.`,
    );
  }
  if (count > MAX_LOOPS) {
    throw new JinjaFault(
      `Contains ${count} for loops. Templates can contain no more than ${MAX_LOOPS} for loops.`,
    );
  }
  return template;
};

/** Renders a template over the given names. It runs in an interpreter that reaches nothing but these. */
export const renderTemplate = (
  text: string,
  context: Readonly<Record<string, unknown>> = {},
): string => {
  const template = parseTemplate(text);
  try {
    // Not `template.render`, which has a range without bounds and functions that templates here do not know.
    const names = new Environment();
    for (const [name, value] of Object.entries({ ...CONSTANTS, range, ...context })) {
      names.set(name, withPlainNumbers(value));
    }
    return String(new Interpreter(names).run(template.parsed).value);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new JinjaFault(`Failed to render template due to the following error: ${message}`, {
      cause: error,
    });
  }
};
