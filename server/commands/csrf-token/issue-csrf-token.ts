import { randomBytes } from 'node:crypto';

import type { CsrfTokenRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { one, run } from '#server/db/script.ts';
import { deleteExpiredCsrfTokens, upsertCsrfToken } from '#server/db/sql/csrf-token.ts';
import { newId } from '#server/ids.ts';
import { addSeconds, nowMicros } from '#server/time.ts';

const TOKEN_BYTES = 32;

/** Gives a client a new token, which replaces its old one, and drops the tokens that have expired. */
export const issueCsrfToken = (
  ctx: Context,
  { client }: { readonly client: string },
): Promise<CsrfTokenRow> => {
  const now = nowMicros();
  const expiration = addSeconds(now, ctx.settings.api.csrfTokenExpirationSeconds);
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const id = newId();
  return ctx.db.write(function* () {
    yield* run(deleteExpiredCsrfTokens(now));
    const row = yield* one(upsertCsrfToken(id, now, now, token, client, expiration));
    if (row === null) throw new Error('An upsert gave no row.');
    return row;
  });
};
