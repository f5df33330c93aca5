import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

import type { Settings } from '#server/settings.ts';

import { type Reply, plain } from './reply.ts';

/** How pages of other origins are told what they may do. */
export interface Cors {
  /** The answer to a browser that asks beforehand, null when this is no such question. */
  preflight(request: IncomingMessage): Reply | null;
  /** What every other answer carries besides. */
  headers(request: IncomingMessage): OutgoingHttpHeaders;
}

const EVERY_METHOD = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY'];
const SAFE_HEADERS = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type'];
const MAX_AGE_SECONDS = '600';
const VARY = [
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Private-Network',
].join(', ');
const FOR_ALL: OutgoingHttpHeaders = { 'access-control-allow-origin': '*' };
const NONE: OutgoingHttpHeaders = {};

const listOf = (setting: string): readonly string[] =>
  setting.split(',').map((part) => part.trim());

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

export const createCors = ({ api }: Settings): Cors => {
  const origins = listOf(api.corsAllowedOrigins);
  const methods = listOf(api.corsAllowedMethods);
  const named = listOf(api.corsAllowedHeaders);
  const allowsEveryOrigin = origins.includes('*');
  const allowsEveryHeader = named.includes('*');
  const allowedMethods = methods.includes('*') ? EVERY_METHOD : methods;
  const allowedHeaders = [...new Set([...SAFE_HEADERS, ...named])].toSorted();
  const isAllowed = (origin: string): boolean => allowsEveryOrigin || origins.includes(origin);
  const originHeaders = (origin: string): OutgoingHttpHeaders => {
    if (allowsEveryOrigin) return FOR_ALL;
    return isAllowed(origin) ? { 'access-control-allow-origin': origin } : NONE;
  };
  const areAllowed = (headers: string): boolean =>
    allowsEveryHeader ||
    headers
      .split(',')
      .every((header) =>
        allowedHeaders.some((allowed) => allowed.toLowerCase() === header.trim().toLowerCase()),
      );
  const answerPreflight = (request: IncomingMessage, origin: string): Reply => {
    const headers = headerOf(request, 'access-control-request-headers');
    const method = headerOf(request, 'access-control-request-method') ?? '';
    const failures = [
      ...(isAllowed(origin) ? [] : ['origin']),
      ...(allowedMethods.includes(method) ? [] : ['method']),
      ...(headers === null || areAllowed(headers) ? [] : ['headers']),
    ];
    const shownHeaders = allowsEveryHeader ? headers : allowedHeaders.join(', ');
    return plain(
      failures.length === 0 ? 'OK' : `Disallowed CORS ${failures.join(', ')}`,
      failures.length === 0 ? 200 : 400,
      {
        vary: VARY,
        ...originHeaders(origin),
        'access-control-allow-methods': allowedMethods.join(', '),
        'access-control-max-age': MAX_AGE_SECONDS,
        ...(shownHeaders === null ? {} : { 'access-control-allow-headers': shownHeaders }),
      },
    );
  };
  return {
    preflight: (request) => {
      if (request.method !== 'OPTIONS') return null;
      const origin = headerOf(request, 'origin');
      const isQuestion = request.headers['access-control-request-method'] !== undefined;
      return origin === null || !isQuestion ? null : answerPreflight(request, origin);
    },
    headers: (request) => {
      const origin = headerOf(request, 'origin');
      return origin === null ? NONE : originHeaders(origin);
    },
  };
};
