import type { IncomingMessage } from 'node:http';

import { askForLogin, createBasicAuth } from '#server/http/basic-auth.ts';
import type { Settings } from '#server/settings.ts';

import { type Reply, exceptional } from './reply.ts';

const UNAUTHORIZED = exceptional(401, 'Unauthorized');
const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready']);

/** The refusal of a request that does not bring the `user:password` pair that is set; null lets it pass. */
export const createAuthentication = (settings: Settings) => {
  const isAuthentic = createBasicAuth(settings);
  return (request: IncomingMessage, path: string): Reply | null => {
    if (request.method === 'GET' && OPEN_PATHS.has(path)) return null;
    if (isAuthentic(request.headers.authorization)) return null;
    const isOpened = request.headers['sec-fetch-mode'] === 'navigate';
    return isOpened
      ? { ...UNAUTHORIZED, headers: { ...UNAUTHORIZED.headers, ...askForLogin(request) } }
      : UNAUTHORIZED;
  };
};
