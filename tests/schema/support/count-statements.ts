import { StatementSync } from 'node:sqlite';

import pg from 'pg';
import { expect } from 'vitest';

import type { Context } from '#server/context.ts';

import { data } from './operations.ts';

/** Wraps a method of a driver's class so that each call is told of; gives the way to undo it. */
const wrap = (
  prototype: object,
  name: string,
  onCall: (receiver: unknown, args: readonly unknown[]) => void,
): (() => void) => {
  const original: (...args: unknown[]) => unknown = Reflect.get(prototype, name);
  const telling = function (this: unknown, ...args: unknown[]): unknown {
    onCall(this, args);
    return Reflect.apply(original, this, args);
  };
  Reflect.set(prototype, name, telling);
  return () => void Reflect.set(prototype, name, original);
};

const textOf = (query: unknown): string => {
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query;
  return typeof text === 'string' ? text : '';
};

/** The statements that some reading takes, whoever sends them. */
export const readStatements = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const statements: string[] = [];
  const undo = [
    wrap(StatementSync.prototype, 'all', (statement) => {
      if (statement instanceof StatementSync) statements.push(statement.sourceSQL);
    }),
    wrap(pg.Client.prototype, 'query', (_client, [query]) => {
      if (/^\s*(select|with)/i.test(textOf(query))) statements.push(textOf(query));
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

/**
 * Expects a query with a variable `$first` to take the same statements for one parent and for several, each of them
 * bounded. There must be more rows than one to be had.
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
  expect(several.statements.filter((statement) => !BOUND.test(statement))).toEqual([]);
  expect(several.statements.length, several.statements.join('\n')).toBe(one.statements.length);
};
