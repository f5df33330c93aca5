import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import { lookup } from 'mrmime';
import send from 'send';

import type { Settings } from '#server/settings.ts';

import { pageUnderBase, serveBaseOf } from './serve-base.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

const BUILD = join(import.meta.dirname, '..', '..', 'web', 'build');
const PAGE = '/index.html';

/** Compressed copies that the build leaves beside a file, the smaller kind first. */
const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
] as const;

const answerMissing = (response: ServerResponse, text: string): void => {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

/** What the REST door answers for an address that it does not have: without the dashboard all others are such. */
const answerNothing: RequestHandler = (_request, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}');
};

const isFile = (path: string): boolean => /\.[^/]+$/.test(path) && existsSync(join(BUILD, path));

const pathOf = (request: IncomingMessage): string => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  // A path with a step upwards is left to `send`, which refuses it.
  return path.includes('..') || isFile(path) ? path : PAGE;
};

const encodingFor = (request: IncomingMessage, path: string) => {
  const accepted = request.headers['accept-encoding'] ?? '';
  return ENCODINGS.find(
    ({ name, extension }) => accepted.includes(name) && existsSync(join(BUILD, path + extension)),
  );
};

const describe = (response: ServerResponse, path: string): void => {
  const isHashed = path.includes('/immutable/');
  response.setHeader('content-type', lookup(path) ?? 'application/octet-stream');
  response.setHeader(
    'cache-control',
    isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  );
  response.setHeader('vary', 'accept-encoding');
  response.setHeader('x-content-type-options', 'nosniff');
};

const serveFile: RequestHandler = (request, response) => {
  const path = pathOf(request);
  const encoding = encodingFor(request, path);
  describe(response, path);
  if (encoding !== undefined) response.setHeader('content-encoding', encoding.name);
  send(request, path + (encoding?.extension ?? ''), {
    root: BUILD,
    index: false,
    cacheControl: false,
  })
    .on('error', () => {
      response.removeHeader('content-encoding');
      answerMissing(response, 'Not found.');
    })
    .pipe(response);
};

const servePage = (response: ServerResponse, base: string): void => {
  describe(response, PAGE);
  response.end(pageUnderBase(readFileSync(join(BUILD, PAGE), 'utf8'), base));
};

/**
 * Serves the built dashboard: files as they are, every other address as the page that finds its way from there.
 * Hashed files are kept by browsers for good, the page itself is asked for anew each time. A build that changes under
 * a running server is served as it then is.
 */
export const createPages = (settings: Settings): RequestHandler => {
  if (!settings.ui.enabled) return answerNothing;
  const base = serveBaseOf(settings);
  return (request, response) => {
    const isBuilt = existsSync(join(BUILD, PAGE));
    if (isBuilt && base !== '' && pathOf(request) === PAGE) servePage(response, base);
    else if (isBuilt) serveFile(request, response);
    else answerMissing(response, 'The dashboard is not built: run `npm run build`.');
  };
};
