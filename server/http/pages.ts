import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

import sirv from 'sirv';

import type { Settings } from '#server/settings.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

const BUILD = join(import.meta.dirname, '..', '..', 'web', 'build');

const answerMissing = (response: ServerResponse, text: string): void => {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

/**
 * Serves the built dashboard: files as they are, every other address as the page that finds its way from there.
 * Hashed files are kept by browsers for good, the page itself is asked for anew each time.
 */
export const createPages = (settings: Settings): RequestHandler => {
  if (!settings.ui.enabled)
    return (_request, response) => answerMissing(response, 'The dashboard is turned off.');
  if (!existsSync(join(BUILD, 'index.html'))) {
    return (_request, response) =>
      answerMissing(response, 'The dashboard is not built: run `npm run build`.');
  }
  const serve = sirv(BUILD, {
    single: true,
    etag: true,
    gzip: true,
    brotli: true,
    setHeaders: (response, path) => {
      const isHashed = path.includes('/immutable/');
      response.setHeader(
        'cache-control',
        isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      response.setHeader('x-content-type-options', 'nosniff');
    },
  });
  return (request, response) =>
    serve(request, response, () => answerMissing(response, 'Not found.'));
};
