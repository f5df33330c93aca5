import type { ASTVisitor, OperationDefinitionNode, ValidationContext } from 'graphql';

import { limitError } from './limit-error.ts';
import { LIMITS, type Limit } from './limits.ts';
import { sizeOf } from './measure.ts';

const ORDER: readonly Exclude<Limit, 'tokens'>[] = [
  'depth',
  'aliases',
  'directives',
  'nodes',
  'complexity',
];

/** Refuses an operation that is too deep, too wide or could read too much. */
export const limitRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition: (operation: OperationDefinitionNode) => {
    const size = sizeOf(context.getDocument(), operation);
    const exceeded = ORDER.find((limit) => size[limit] > LIMITS[limit]);
    if (exceeded !== undefined)
      context.reportError(limitError(exceeded, LIMITS[exceeded], Math.ceil(size[exceeded])));
  },
});
