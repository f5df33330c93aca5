import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import send from 'send';

import type { Settings } from '#server/settings.ts';

import type { RequestHandler } from './pages.ts';
import { serveBaseOf } from './serve-base.ts';
import { storedLoginScript } from './stored-login.ts';

export const REST_REFERENCE_PATH = '/docs/rest';

const ASSETS = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const SHOWN_ASSETS: ReadonlySet<string> = new Set(['swagger-ui.css', 'swagger-ui-bundle.js']);

// Everything comes from this server, so a page that was tampered with could not send anything elsewhere.
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:";

const renderPage = (base: string, document: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST reference</title>
<link rel="icon" href="${base}/favicon.svg">
<link rel="stylesheet" href="${base}${REST_REFERENCE_PATH}/swagger-ui.css">
<style>body{margin:0}nav{padding:10px 20px;font:14px system-ui;display:flex;gap:16px}</style>
</head>
<body>
<nav><a href="${base}/">Dashboard</a><a href="${base}/docs">GraphQL explorer</a><a href="${document}">Interface document</a></nav>
<div id="reference"></div>
${storedLoginScript(base)}
<script src="${base}${REST_REFERENCE_PATH}/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({
  dom_id: '#reference', url: ${JSON.stringify(document)}, validatorUrl: null,
  deepLinking: true, docExpansion: 'none', filter: true, defaultModelsExpandDepth: -1,
});
</script>
</body>
</html>
`;

const assetIn = (url: string): string =>
  (url.split('?', 1)[0] ?? '').slice(REST_REFERENCE_PATH.length + 1);

/** Where Prefect's own server shows its REST interface. */
export const originalReferencePaths = ({ api }: Settings): readonly string[] =>
  ['docs', 'redoc'].map((name) => `${api.basePath ?? '/api'}/${name}`);

/** Sends whoever looks for the reference where Prefect's own server has it on to ours. */
export const redirectToReference = (settings: Settings): RequestHandler => {
  const location = serveBaseOf(settings) + REST_REFERENCE_PATH;
  return (_request, response) => void response.writeHead(307, { location }).end();
};

/** Shows the REST interface by its own document: a page and two files of the viewer, all from this server. */
export const createRestReference = (settings: Settings): RequestHandler => {
  const base = serveBaseOf(settings);
  const page = renderPage(base, `${base}${settings.api.basePath ?? '/api'}/openapi.json`);
  return (request, response) => {
    const asset = assetIn(request.url ?? '');
    if (SHOWN_ASSETS.has(asset)) {
      send(request, asset, { root: ASSETS, maxAge: '1h' }).pipe(response);
      return;
    }
    if (asset !== '') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    });
    response.end(page);
  };
};
