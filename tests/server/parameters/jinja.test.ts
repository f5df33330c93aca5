import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { JinjaFault } from '#server/parameters/jinja-fault.ts';
import { checkTemplate, renderTemplate } from '#server/parameters/jinja.ts';

interface Fault {
  readonly line: number;
  readonly message: string;
}

interface Vector {
  readonly template: string;
  readonly valid: boolean;
  readonly error?: Fault;
}

interface KnownFault extends Fault {
  readonly template: string;
}

const linesOf = (address: string): readonly string[] =>
  readFileSync(new URL(address, import.meta.url), 'utf8')
    .trim()
    .split('\n');

// The first line tells what templates are rendered with.
const vectors = linesOf('../../reference/vectors/jinja.jsonl')
  .slice(1)
  .map((line): Vector => JSON.parse(line));

/** What Jinja 3.1 says of templates that are none. */
const faults = linesOf('template-faults.jsonl').map((line): KnownFault => JSON.parse(line));

const faultOf = (template: string): Fault | null => {
  try {
    checkTemplate(template);
    return null;
  } catch (error) {
    if (!(error instanceof JinjaFault)) throw error;
    return { line: error.line, message: error.message };
  }
};

describe('templates', () => {
  test.each(faults)('$template is refused in the words of Jinja', ({ template, line, message }) => {
    expect(faultOf(template)).toEqual({ line, message });
  });

  test.each(vectors)('$template counts as what it is to Prefect', ({ template, valid, error }) => {
    const expected = valid ? null : { line: error?.line, message: error?.message };
    expect(faultOf(template)).toEqual(expected);
  });

  test.each([
    '{% raw %}{{ x {% endraw %}',
    '{% include "x" ignore missing with context %}',
    '{% from "x" import a as b, c %}{% import "x" as y %}{% extends "z" %}',
    '{% macro m(a, b=1) %}{{ caller() }}{% endmacro %}{% call(x) m(1, *y, **z) %}{% endcall %}',
    '{% set ns.a = 1, 2 %}{% set a | upper %}x{% endset %}',
    '{% for a, b in c.items() if a recursive %}{{ loop(c) }}{% else %}{% endfor %}',
    '{%- if a is not defined and b not in [1, 2.5e3, 0x1f] -%}{%+ elif (a,) %}{% endif +%}',
    '{{ {"a": b[1:2:3, :c]} }}',
    '{{ not -a ** 2 ~ "x" "y" if b else c | default("d") is divisibleby 3 }}',
    '{% filter upper | trim %}x{% endfilter %}{% autoescape true %}{% endautoescape %}',
    '{% with a = 1, b = 2 %}{% block c scoped %}{% endblock c %}{% endwith %}{% print a, b %}',
  ])('%s is a template', (template) => {
    expect(faultOf(template)).toBeNull();
  });

  test.each([
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
    `{{ ${'not '.repeat(20_000)} 1 }}`,
    `{{ ${'-'.repeat(20_000)} 1 }}`,
    '{% if x %}'.repeat(20_000),
    `{{ ${'1 if 1 else '.repeat(20_000)} 1 }}`,
  ])('nesting that has no end is refused, and does not end the server (%#)', (template) => {
    expect(faultOf(template)).toEqual({
      line: expect.any(Number),
      message: 'The template is nested too deeply.',
    });
  });

  test('a long template is read in a moment', () => {
    const started = performance.now();
    expect(faultOf('{{ x }} text '.repeat(50_000))).toBeNull();
    expect(faultOf(`{{ "${'\\'.repeat(100_000)}`)).not.toBeNull();
    expect(faultOf('{'.repeat(100_000))).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

test.each([
  ['{{ 1 / 0 }}', 'division by zero'],
  ['{{ 1 % 0 }}', 'integer modulo by zero'],
])('%s fails when it is rendered', (template, reason) => {
  expect(() => renderTemplate(template)).toThrow(
    `Failed to render template due to the following error: ZeroDivisionError('${reason}')`,
  );
  expect(renderTemplate('{{ 1 / 4 }}')).toBe('0.25');
});
