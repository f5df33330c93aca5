import { GraphQLError, GraphQLFloat, GraphQLInt, Kind, type ValueNode } from 'graphql';

import { isJsonObject } from '#server/json.ts';
import { numberOf, plainNumber, withMarkedNumbers } from '#server/lossless-json.ts';
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

// Variables may bring numbers that kept their spelling; where a number is expected, only their value matters. The library
// puts its own scalars back into a sorted schema, so these are changed and not replaced.
for (const scalar of [GraphQLInt, GraphQLFloat]) {
  const coerce = scalar.coerceInputValue.bind(scalar);
  const read = (value: unknown): number => coerce(plainNumber(value));
  Object.assign(scalar, { coerceInputValue: read, parseValue: read });
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** The JSON that a literal stands for; its numbers keep what tells them apart in Python. */
const jsonOf = (node: ValueNode, variables: Variables): unknown => {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return numberOf(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((item) => jsonOf(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, jsonOf(field.value, variables)]),
      );
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    default:
      return node.value;
  }
};

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: withMarkedNumbers,
  // Variables come out of a JSON parser and literals out of a constant, so both are JSON.
  parseValue: (value) => value as never,
  parseLiteral: (node: ValueNode, variables) => jsonOf(node, variables) as never,
});

const readObject = (value: unknown) => {
  if (!isJsonObject(value)) throw badInput('A JSON object is expected here.');
  return value;
};

builder.scalarType('JSONObject', {
  description: 'A JSON object.',
  serialize: withMarkedNumbers,
  parseValue: readObject,
  parseLiteral: (node: ValueNode, variables) => readObject(jsonOf(node, variables)),
});
