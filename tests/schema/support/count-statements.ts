import { StatementSync } from 'node:sqlite';

import pg from 'pg';

type Method = (...args: unknown[]) => unknown;

/** Wraps a method of a driver's class so that each call is counted; gives the way to undo it. */
const wrap = (
  prototype: object,
  name: string,
  onCall: (args: readonly unknown[]) => void,
): (() => void) => {
  const original: Method = Reflect.get(prototype, name);
  const counting = function (this: unknown, ...args: unknown[]): unknown {
    onCall(args);
    return Reflect.apply(original, this, args);
  };
  Reflect.set(prototype, name, counting);
  return () => void Reflect.set(prototype, name, original);
};

const isSelect = (query: unknown): boolean => {
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query;
  return typeof text === 'string' && /^\s*select/i.test(text);
};

/** How many statements some reading takes, whoever sends them. */
export const countStatements = async (work: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  const undo = [
    wrap(StatementSync.prototype, 'all', () => (count += 1)),
    wrap(pg.Client.prototype, 'query', ([query]) => (count += isSelect(query) ? 1 : 0)),
  ];
  try {
    await work();
  } finally {
    for (const restore of undo) restore();
  }
  return count;
};
