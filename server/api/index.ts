import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import { nowMicros } from '#server/time.ts';

import { createAuthentication } from './authentication.ts';
import { pathFaultsOf, readBody, readQuery } from './body.ts';
import { createCors } from './cors.ts';
import { createCsrfGuard } from './csrf.ts';
import { replyForFailure } from './failure.ts';
import { keyedReply } from './keyed-reply.ts';
import { openapiRoute } from './openapi.ts';
import { type Reply, refusal } from './reply.ts';
import { type ReceivedBody, clientVersionOf, receiveBody, requireApiVersion } from './request.ts';
import { respond } from './respond.ts';
import type { Route } from './route.ts';
import { type Params, createRouter } from './router.ts';
import { listRoutes } from './routes.ts';

/** The REST door: everything under the base path, in Prefect's own terms. */
export interface Api {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

const NO_BODY: ReceivedBody = { kind: 'none', value: null, text: null };
const NOT_FOUND = refusal(404, 'Not Found');

const decodePath = (path: string): string => {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    // Not an encoding at all: it matches no route then.
    return path;
  }
};

const splitAddress = (url: string): { readonly path: string; readonly search: string } => {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, search: '' };
  return { path: url.slice(0, mark), search: url.slice(mark + 1) };
};

const redirectTo = (request: IncomingMessage, path: string, search: string): Reply => {
  const query = search === '' ? '' : `?${search}`;
  const origin = `http://${request.headers.host ?? 'localhost'}`;
  return { status: 307, body: '', headers: { location: `${origin}${encodeURI(path)}${query}` } };
};

const parameterOf = (params: Params) => (name: string) => {
  const value = params.get(name);
  if (value === undefined) throw new Error(`The route has no part named ${name}.`);
  return value;
};

interface Call {
  readonly route: Route;
  readonly params: Params;
  readonly search: string;
}

const keyOf = ({ headers, method }: IncomingMessage): string | null => {
  const key = headers['idempotency-key'];
  return typeof key === 'string' && key !== '' && method !== 'GET' ? key : null;
};

const callRoute = async (ctx: Context, request: IncomingMessage, call: Call): Promise<Reply> => {
  const { route, params, search } = call;
  const receivedAt = nowMicros();
  const received = route.body === undefined ? NO_BODY : await receiveBody(request);
  const apiVersion = route.allowsAnyVersion === true ? null : requireApiVersion(request);
  const query = route.query === undefined ? null : readQuery(route.query, search, received);
  const param = parameterOf(params);
  const pathFaults = route.parts === undefined ? [] : pathFaultsOf(route.parts, param);
  const reading = { pathFaults, mostRows: ctx.settings.api.defaultLimit };
  const body = route.body === undefined ? null : readBody(route.body, received, reading);
  const reply = (): Reply | Promise<Reply> =>
    route.handle({
      body,
      bodyText: received.text,
      query,
      headers: request.headers,
      client: { apiVersion, clientVersion: clientVersionOf(request) },
      receivedAt,
      param,
      onGone: (listener) => {
        request.socket.once('close', listener);
        return () => request.socket.off('close', listener);
      },
      isGone: () => request.socket.destroyed,
    });
  const key = keyOf(request);
  if (key === null) return reply();
  const asked = JSON.stringify([request.method, request.url, received.text]);
  return keyedReply(ctx, { key, asked }, reply);
};

/** Builds the REST door over the given context; routes that are given besides are in no document. */
export const createApi = (ctx: Context, besides: readonly Route[] = []): Api => {
  const base = ctx.settings.api.basePath ?? '/api';
  const routes = listRoutes(ctx);
  const router = createRouter([...routes, ...besides, openapiRoute(ctx, routes)]);
  const cors = createCors(ctx.settings);
  const authenticate = createAuthentication(ctx.settings);
  const guardCsrf = createCsrfGuard(ctx);

  const replyTo = async (request: IncomingMessage): Promise<Reply> => {
    const { path: fullPath, search } = splitAddress(request.url ?? '/');
    const path = decodePath(fullPath).slice(base.length);
    const forgery = await guardCsrf(request);
    if (forgery !== null) return forgery;
    const early = cors.preflight(request) ?? authenticate(request, path);
    if (early !== null) return early;
    if (!path.startsWith('/')) return NOT_FOUND;
    const match = router.find(request.method ?? 'GET', path);
    switch (match.kind) {
      case 'route':
        return callRoute(ctx, request, { route: match.route, params: match.params, search });
      case 'wrong-method':
        return refusal(405, 'Method Not Allowed', { allow: match.allowed });
      case 'redirect':
        return redirectTo(request, `${base}${match.path}`, search);
      case 'none':
        return NOT_FOUND;
    }
  };

  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let reply: Reply;
    try {
      reply = await replyTo(request);
    } catch (error) {
      const call = `${request.method} ${request.url}`;
      reply = replyForFailure(error, {
        log: ctx.log,
        call,
        logsRetryable: ctx.settings.logRetryableErrors,
      });
    }
    const headers = cors.headers(request);
    await respond(request, response, { ...reply, headers: { ...headers, ...reply.headers } });
  };

  return {
    handle: (request, response) => {
      answerTo(request, response).catch((error: unknown) => {
        // The caller went away or its stream broke off: nobody is left to be told.
        ctx.log.debug({ err: toError(error) }, 'An answer could not be written.');
        response.destroy();
      });
    },
  };
};
