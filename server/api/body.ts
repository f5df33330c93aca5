import { z } from 'zod';

import { limit, limitWithin } from './page.ts';
import { RefusedRequest, answer } from './reply.ts';
import type { ReceivedBody } from './request.ts';
import type { PathParts } from './route.ts';
import { type ErrorItem, toErrorItems } from './wire/pydantic/error-items.ts';
import type { Schema } from './wire/pydantic/refusal.ts';

/** How a route reads its body. */
export interface BodyReader<Body> {
  readonly schema: Schema<Body>;
  /** The parameters by name, when the body is an object of them; null when it is read as a whole. */
  readonly names: readonly string[] | null;
  /** Whether one of the parameters is the length of a list. */
  readonly hasLimit?: boolean;
  /** Turns what was sent into the form that is read, and that faults are told of. */
  readonly prepare?: (value: unknown) => unknown;
}

/** A body that is one value, which may not be missing. */
export const wholeBody = <Body>(
  schema: Schema<Body>,
  prepare: (value: unknown) => unknown = (value) => value,
): BodyReader<Body> => ({ schema, names: null, prepare });

/** A body that names parameters: it may be absent, unknown names are ignored, and null stands for a default. */
export const parametersBody = <Shape extends z.ZodRawShape>(
  shape: Shape,
): BodyReader<z.output<z.ZodObject<Shape>>> => ({
  schema: z.object(shape),
  names: Object.keys(shape),
  hasLimit: shape['limit'] === limit,
});

const invalidRequest = (items: readonly ErrorItem[], body: unknown): RefusedRequest =>
  new RefusedRequest(
    answer(
      {
        exception_message: 'Invalid request received.',
        exception_detail: items,
        request_body: body,
      },
      422,
    ),
  );

const missing = (loc: readonly string[]): ErrorItem => ({
  type: 'missing',
  loc,
  msg: 'Field required',
  input: null,
});

/** The faults of the parts of a path. */
export const pathFaultsOf = (
  parts: PathParts,
  param: (name: string) => string,
): readonly ErrorItem[] =>
  Object.entries(parts).flatMap(([name, schema]) => {
    const given = param(name);
    const result = schema.safeParse(given);
    return result.success ? [] : toErrorItems(result.error, { root: given, loc: ['path', name] });
  });

const withoutNulls = (body: object): object => {
  const entries = Object.entries(body);
  if (entries.every(([, value]) => value !== null)) return body;
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
};

interface Reading {
  readonly pathFaults: readonly ErrorItem[];
  /** How long a list may be that a caller asks for. */
  readonly mostRows: number;
}

/** A length that is out of bounds is all that a caller is told of, whatever else is wrong. */
const checkLimit = (given: object, mostRows: number): void => {
  const asked = limit.safeParse('limit' in given ? given.limit : undefined);
  if (asked.success) limitWithin(asked.data, mostRows);
};

const readParameters = <Body>(
  { schema, hasLimit = false, pathFaults, mostRows }: BodyReader<Body> & Reading,
  names: readonly string[],
  { kind, value }: ReceivedBody,
): Body => {
  if (kind === 'json' && value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    throw invalidRequest([...pathFaults, ...names.map((name) => missing(['body', name]))], value);
  }
  const given = kind === 'json' && typeof value === 'object' && value !== null ? value : {};
  const result = schema.safeParse(withoutNulls(given));
  if (result.success && pathFaults.length === 0) return result.data;
  if (hasLimit) checkLimit(withoutNulls(given), mostRows);
  const origin = { root: given, loc: ['body'], isParameterList: true };
  const faults = result.success ? [] : toErrorItems(result.error, origin);
  throw invalidRequest([...pathFaults, ...faults], value);
};

/** Reads the body as the route asks; what does not fit is refused with all its faults, those of the path first. */
export const readBody = <Body>(
  reader: BodyReader<Body>,
  received: ReceivedBody,
  reading: Reading,
): Body => {
  if (reader.names !== null) {
    return readParameters({ ...reader, ...reading }, reader.names, received);
  }
  const value = reader.prepare?.(received.value) ?? received.value;
  if (value === null) throw invalidRequest([missing(['body'])], null);
  const result = reader.schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidRequest(toErrorItems(result.error, { root: value, loc: ['body'] }), value);
};

/** Reads the query of the address; a name given twice counts once, with its last value. */
export const readQuery = <Query>(
  schema: Schema<Query>,
  search: string,
  received: ReceivedBody,
): Query => {
  const given = Object.fromEntries(new URLSearchParams(search));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const origin = { root: given, loc: ['query'], isParameterList: true };
  throw invalidRequest(toErrorItems(result.error, origin), received.value);
};
