import { Environment, Interpreter, Template } from '@huggingface/jinja';

import { withPlainNumbers } from '#server/lossless-json.ts';

import { JinjaFault } from './jinja-fault.ts';
import { checkSyntax } from './jinja-syntax/check-syntax.ts';

const MAX_LOOPS = 10;
const MAX_LOOP_DEPTH = 2;
const MAX_RANGE = 100;

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
export const checkTemplate = (text: string): void => {
  const { count, deepest } = checkSyntax(text);
  if (count > MAX_LOOPS) {
    throw new JinjaFault(
      `Contains ${count} for loops. Templates can contain no more than ${MAX_LOOPS} for loops.`,
    );
  }
  if (deepest > MAX_LOOP_DEPTH) {
    throw new JinjaFault(
      `Contains nested for loops at a depth of ${deepest}. Templates can nest for loops no more than ${MAX_LOOP_DEPTH} loops deep.`,
    );
  }
};

const DIVISION_FAULTS = new Map<unknown, string>([
  ['/', 'division by zero'],
  ['%', 'integer modulo by zero'],
]);

/** The operator of an expression that has one between two others. */
const operatorOf = (statement: object | undefined): unknown => {
  if (statement === undefined) return null;
  const token: unknown = 'operator' in statement ? statement.operator : null;
  return typeof token === 'object' && token !== null && 'value' in token ? token.value : null;
};

type Evaluate = (statement: object | undefined, names: unknown) => { readonly value: unknown };

/** An interpreter for which it is a fault to divide by zero, as in Python, and gives no infinity. */
const strictInterpreter = (names: Environment): Interpreter => {
  const interpreter = new Interpreter(names);
  const evaluate: Evaluate = interpreter.evaluate.bind(interpreter);
  const strict: Evaluate = (statement, environment) => {
    const result = evaluate(statement, environment);
    if (typeof result.value !== 'number' || Number.isFinite(result.value)) return result;
    const fault = DIVISION_FAULTS.get(operatorOf(statement));
    if (fault !== undefined) throw new JinjaFault(`ZeroDivisionError('${fault}')`);
    return result;
  };
  return Object.assign(interpreter, { evaluate: strict });
};

/** Renders a template over the given names. It runs in an interpreter that reaches nothing but these. */
export const renderTemplate = (
  text: string,
  context: Readonly<Record<string, unknown>> = {},
): string => {
  checkTemplate(text);
  try {
    const template = new Template(text);
    // Not `template.render`, which has a range without bounds and functions that templates here do not know.
    const names = new Environment();
    for (const [name, value] of Object.entries({ ...CONSTANTS, range, ...context })) {
      names.set(name, withPlainNumbers(value));
    }
    return String(strictInterpreter(names).run(template.parsed).value);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new JinjaFault(`Failed to render template due to the following error: ${message}`, {
      cause: error,
    });
  }
};
