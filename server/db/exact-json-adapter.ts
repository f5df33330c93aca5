import {
  ColumnTypeEnum,
  type SqlDriverAdapterFactory,
  type SqlQueryable,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';

import { markNumbers } from '#server/lossless-json.ts';

import type { StatementListener } from './echo.ts';

/** The columns of JSON that is only kept for others; all other columns of JSON are looked into. */
const KEPT_FOR_OTHERS: ReadonlySet<string> = new Set([
  'base_job_template',
  'context',
  'data',
  'filters',
  'job_variables',
  'labels',
  'metadata',
  'parameter_openapi_schema',
  'parameters',
  'payload',
  'pull_steps',
  'task_inputs',
  'value',
]);

const withMarks = (result: SqlResultSet): SqlResultSet => {
  for (const [index, name] of result.columnNames.entries()) {
    if (result.columnTypes[index] !== ColumnTypeEnum.Json || !KEPT_FOR_OTHERS.has(name)) continue;
    for (const row of result.rows) {
      const text = row[index];
      if (typeof text === 'string') row[index] = markNumbers(text);
    }
  }
  return result;
};

interface Listeners {
  readonly onStatement?: StatementListener | undefined;
  /** What a failure means to the callers of Prisma, who see what it gives instead. */
  readonly translate?: (error: unknown) => Error;
}

const failing = async <T>(work: Promise<T>, { translate }: Listeners): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw translate?.(error) ?? error;
  }
};

const mark = <Adapter extends SqlQueryable>(adapter: Adapter, listeners: Listeners): Adapter => {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    listeners.onStatement?.(query.sql);
    return withMarks(await failing(queryRaw(query), listeners));
  };
  return adapter;
};

/**
 * Prisma parses JSON itself and knows JavaScript's numbers only. Through this adapter it sees marked strings where a
 * number's spelling matters, which the scalars of GraphQL write as the numbers they stand for.
 */
export const exactJsonAdapter = (
  factory: SqlDriverAdapterFactory,
  listeners: Listeners,
): SqlDriverAdapterFactory => ({
  provider: factory.provider,
  adapterName: factory.adapterName,
  connect: async () => {
    const adapter = mark(await factory.connect(), listeners);
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolation) =>
      mark(await failing(startTransaction(isolation), listeners), listeners);
    return adapter;
  },
});
