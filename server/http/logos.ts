import { LOGO_PATH, drawLogo } from '#server/blocks/logo.ts';

import type { RequestHandler } from './pages.ts';

const HEADERS = {
  'content-type': 'image/svg+xml',
  'cache-control': 'public, max-age=86400',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  // The dashboards of other origins show them too.
  'cross-origin-resource-policy': 'cross-origin',
};

const nameIn = (url: string): string => {
  const path = url.split('?', 1)[0] ?? '';
  return path.endsWith('.svg') ? path.slice(LOGO_PATH.length + 1, -'.svg'.length) : '';
};

/** Shows the logos of the shipped block and worker types. They are asked for by images, which bring no credentials. */
export const serveLogo: RequestHandler = (request, response) => {
  const logo = drawLogo(nameIn(request.url ?? ''));
  if (logo === null) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n');
    return;
  }
  response.writeHead(200, { ...HEADERS, 'content-length': Buffer.byteLength(logo) });
  response.end(request.method === 'HEAD' ? undefined : logo);
};
