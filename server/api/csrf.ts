import type { IncomingMessage } from 'node:http';

import { issueCsrfToken } from '#server/commands/csrf-token/issue-csrf-token.ts';
import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readCsrfToken } from '#server/db/sql/csrf-token.ts';
import { formatInstant, nowMicros } from '#server/time.ts';

import { csrfTokenAnswer } from './answers/admin.ts';
import { type Reply, answer, refusal } from './reply.ts';
import { type Route, route } from './route.ts';
import { text } from './wire/pydantic/scalar.ts';
import { openModel } from './wire/pydantic/shapes.ts';

const GUARDED: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
// The guard stands before the one for other origins, so it names the origin itself and nothing varies.
const FORBIDDEN_HEADERS = { 'access-control-allow-origin': '*' };

const withoutVary = (reply: Reply): Reply => ({
  ...reply,
  isUnvarying: true,
});

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** Refuses a changing request that brings no valid token, where the settings ask for one. */
export const createCsrfGuard =
  (ctx: Context) =>
  async (request: IncomingMessage): Promise<Reply | null> => {
    if (!ctx.settings.api.csrfProtectionEnabled || !GUARDED.has(request.method ?? '')) return null;
    const token = headerOf(request, 'prefect-csrf-token');
    const client = headerOf(request, 'prefect-csrf-client');
    if (token === null) return withoutVary(refusal(403, 'Missing CSRF token.'));
    if (client === null) return withoutVary(refusal(403, 'Missing client identifier.'));
    const known = await ctx.db.read(() => one(readCsrfToken(client)));
    if (known !== null && known.token === token && known.expiration > nowMicros()) return null;
    return withoutVary(refusal(403, 'Invalid CSRF token or client identifier.', FORBIDDEN_HEADERS));
  };

/** The address that hands tokens out; it must refuse with 422 when they are not used, so that clients stop asking. */
export const csrfRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/csrf-token',
    answers: csrfTokenAnswer,
    query: openModel({ client: text() }),
    handle: async ({ query }) => {
      if (!ctx.settings.api.csrfProtectionEnabled) {
        return refusal(422, 'CSRF protection is disabled.');
      }
      const row = await issueCsrfToken(ctx, { client: query.client });
      return answer({
        id: row.id,
        created: formatInstant(row.created),
        updated: formatInstant(row.updated),
        token: row.token,
        client: row.client,
        expiration: formatInstant(row.expiration),
      });
    },
  }),
];
