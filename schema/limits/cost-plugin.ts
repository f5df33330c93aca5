import { type ExecutionResult, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { LIMITS } from './limits.ts';
import { sizeOf } from './measure.ts';

const isOneResult = (result: unknown): result is ExecutionResult =>
  typeof result === 'object' && result !== null && !(Symbol.asyncIterator in result);

/** Tells with each answer what the operation counts for, and what it might count for at most. */
export const costPlugin = (): Plugin => ({
  onExecute: ({ args: { document, operationName } }) => ({
    onExecuteDone: ({ result, setResult }) => {
      const operation = getOperationAST(document, operationName);
      if (!isOneResult(result) || !operation) return;
      const { complexity } = sizeOf(document, operation);
      const cost = { requested: Math.ceil(complexity), limit: LIMITS.complexity };
      setResult({ ...result, extensions: { ...result.extensions, cost } });
    },
  }),
});
