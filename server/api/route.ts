import type { z } from 'zod';

import type { BodyReader } from './body.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import type { Schema } from './wire/pydantic/refusal.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What each part of a path must be that is not free, by the name of the part. */
export type PathParts = Readonly<Record<string, Schema<string>>>;

/** One address of the REST interface, as data. */
export interface RouteOptions<Body, Query> {
  readonly method: Method;
  /** `{name}` stands for any text, `{name:uuid}` for a UUID; a slash at the end counts. */
  readonly path: string;
  /** What parts of the path must be; their faults are told with those of the body. */
  readonly parts?: PathParts;
  readonly body?: BodyReader<Body>;
  readonly query?: Schema<Query>;
  /** What a success carries, for the interface document; nothing when its body has no form of its own. */
  readonly answers?: z.ZodType;
  /** The status of a success in the interface document, 200 unless told; an answer may be more exact. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Whether clients of any version are answered. */
  readonly allowsAnyVersion?: boolean;
  readonly handle: (request: ApiRequest<Body, Query>) => Reply | Promise<Reply>;
}

/** A route whose handler takes what its own schemas gave. */
export type Route = RouteOptions<unknown, unknown>;

/** Declares a route; its handler is typed by the schemas of its body and query. */
export const route = <Body = null, Query = null>(options: RouteOptions<Body, Query>): Route =>
  // Every handler is given only what the schemas beside it have read.
  options as unknown as Route;
