import type { IncomingHttpHeaders } from 'node:http';

import { serveBaseOf } from '#server/http/serve-base.ts';
import type { Settings } from '#server/settings.ts';

/** The address of this server as the caller of a request knows it, without a slash at its end. */
export type OwnAddress = (headers: IncomingHttpHeaders) => string;

/** Tells from a request under which address its caller reaches this server, also from behind a proxy. */
export const createOwnAddress = (settings: Settings): OwnAddress => {
  const base = serveBaseOf(settings);
  return (headers) => {
    const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
    return `${scheme}://${headers.host ?? 'localhost'}${base}`;
  };
};
