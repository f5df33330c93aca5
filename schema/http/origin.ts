import type { IncomingMessage } from 'node:http';

import type { Settings } from '#server/settings.ts';

/**
 * Tells whether a page may open a socket. Browsers ask nobody before they do, so what CORS says about requests has to
 * be looked at here; programs send no origin.
 */
export const createOriginCheck = ({ api }: Settings): ((request: IncomingMessage) => boolean) => {
  const allowed = api.corsAllowedOrigins.split(',').map((origin) => origin.trim());
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  };
};
