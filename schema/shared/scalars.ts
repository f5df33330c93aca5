import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

import { isJsonObject } from '#server/json.ts';
import { formatInstant, micros, parseInstant } from '#server/time.ts';

import { builder } from '../builder.ts';

const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const readInstant = (value: unknown) => {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant === null)
    throw badInput('An instant is an ISO 8601 text such as 2024-01-01T00:00:00Z.');
  return instant;
};

builder.scalarType('DateTime', {
  description:
    'An instant as RFC 3339 text in UTC with microseconds, `2024-01-01T00:00:00.123456Z`; the fraction is left out when it is zero.',
  serialize: (value) => formatInstant(micros(value)),
  parseValue: readInstant,
  parseLiteral: (node: ValueNode) =>
    readInstant(node.kind === Kind.STRING ? node.value : undefined),
});

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  // Variables come out of a JSON parser and literals out of a constant, so both are JSON.
  parseValue: (value) => value as never,
});

const readObject = (value: unknown) => {
  if (!isJsonObject(value)) throw badInput('A JSON object is expected here.');
  return value;
};

builder.scalarType('JSONObject', {
  description: 'A JSON object.',
  serialize: (value) => value,
  parseValue: readObject,
  parseLiteral: (node: ValueNode, variables) => readObject(valueFromASTUntyped(node, variables)),
});
