import { StatementSync } from 'node:sqlite';

import pg from 'pg';
import { expect } from 'vitest';

import type { Context } from '#server/context.ts';

import { data } from './operations.ts';

/** A statement that was sent, and how many rows it gave as far as the driver tells at once. */
interface Sent {
  readonly text: string;
  readonly rows: number;
}

/** Wraps a method of a driver's class so that each call is told of; gives the way to undo it. */
const wrap = (
  prototype: object,
  name: string,
  onCall: (receiver: unknown, args: readonly unknown[], result: unknown) => void,
): (() => void) => {
  const original: (...args: unknown[]) => unknown = Reflect.get(prototype, name);
  const telling = function (this: unknown, ...args: unknown[]): unknown {
    const result = Reflect.apply(original, this, args);
    onCall(this, args, result);
    return result;
  };
  Reflect.set(prototype, name, telling);
  return () => void Reflect.set(prototype, name, original);
};

const textOf = (query: unknown): string => {
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query;
  return typeof text === 'string' ? text : '';
};

/** The statements that some reading takes, whoever sends them. */
const readStatements = async (work: () => Promise<unknown>): Promise<readonly Sent[]> => {
  const statements: Sent[] = [];
  const undo = [
    wrap(StatementSync.prototype, 'all', (statement, _args, result) => {
      if (statement instanceof StatementSync && Array.isArray(result))
        statements.push({ text: statement.sourceSQL, rows: result.length });
    }),
    wrap(pg.Client.prototype, 'query', (_client, [query]) => {
      const text = textOf(query);
      if (/^\s*(select|with)/i.test(text)) statements.push({ text, rows: 0 });
    }),
  ];
  try {
    await work();
  } finally {
    for (const restore of undo) restore();
  }
  return statements;
};

/** How many statements some reading takes, whoever sends them. */
export const countStatements = async (work: () => Promise<unknown>): Promise<number> =>
  (await readStatements(work)).length;

/** A limit, a list of ids or keys, or one of them. */
const BOUND = /\blimit\b|\bin\s*\(|=\s*(\?|\$\d)|json_each|jsonb_array|\bany\s*\(/i;

/** More than any list of these tests shows of all its parents together. */
const MOST_ROWS = 40;

/**
 * Expects a query with a variable `$first` to take the same statements for one parent and for several, each of them
 * bounded and none reading many more rows than are shown. There must be more rows than one to be had.
 */
export const expectSameStatements = async (ctx: Context, query: string): Promise<void> => {
  const read = async (first: number) => {
    let answer: Record<string, unknown> = {};
    const statements = await readStatements(async () => {
      answer = await data(ctx, query, { first });
    });
    return { statements, size: JSON.stringify(answer).length };
  };
  const one = await read(1);
  const several = await read(5);
  expect(several.size).toBeGreaterThan(one.size * 2);
  const broad = several.statements.filter(
    ({ text, rows }) => !BOUND.test(text) || rows > MOST_ROWS,
  );
  expect(broad).toEqual([]);
  const texts = several.statements.map(({ text }) => text).join('\n');
  expect(several.statements.length, texts).toBe(one.statements.length);
};
