import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { Settings } from '#server/settings.ts';

import { type Reply, exceptional } from './reply.ts';

const UNAUTHORIZED = exceptional(401, 'Unauthorized');
const OPEN_PATHS: ReadonlySet<string> = new Set(['/health', '/ready']);

const isSame = (given: string, expected: Buffer): boolean => {
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
};

/** The refusal of a request that does not bring the `user:password` pair that is set; null lets it pass. */
export const createAuthentication = ({ api }: Settings) => {
  const expected = api.authString === null ? null : Buffer.from(api.authString);
  return (request: IncomingMessage, path: string): Reply | null => {
    if (expected === null) return null;
    if (request.method === 'GET' && OPEN_PATHS.has(path)) return null;
    const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ', 2);
    if (scheme !== 'Basic') return UNAUTHORIZED;
    const given = Buffer.from(credentials, 'base64').toString('utf8');
    return isSame(given, expected) ? null : UNAUTHORIZED;
  };
};
