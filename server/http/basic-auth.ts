import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

import { sameSecret } from '#server/same-secret.ts';
import type { Settings } from '#server/settings.ts';

/** Tells whether an `Authorization` value brings the `user:password` pair that is set, or none is. */
export const createBasicAuth = ({ api }: Settings): ((authorization: unknown) => boolean) => {
  if (api.authString === null) return () => true;
  const isSame = sameSecret(api.authString);
  return (authorization) => {
    if (typeof authorization !== 'string') return false;
    const [scheme, credentials = ''] = authorization.split(' ', 2);
    return scheme === 'Basic' && isSame(Buffer.from(credentials, 'base64').toString('utf8'));
  };
};

/**
 * What a refusal says of how to be let in. A browser that opens the address itself asks its user then; one whose page
 * asks must not, because pages have a login of their own.
 */
export const askForLogin = ({ headers }: IncomingMessage): OutgoingHttpHeaders => {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined || mode === 'navigate' ? { 'www-authenticate': 'Basic' } : {};
};
