import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

import { ServerError, toError } from '#server/errors.ts';

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

/** Whether the transaction lost against another one and may simply be tried again. */
export const isLostRace = (error: unknown): boolean =>
  ['40001', '40P01'].includes(codeOf(toError(error)));

const isTransient = (code: string, message: string): boolean =>
  /^(08|53|57|40)/.test(code) ||
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) ||
  /connection|timeout/i.test(message);

const SURROGATE = 'Text may not contain NUL or a lone surrogate.';

/** Values that are right in themselves but cannot be stored, by the code of the refusal. */
const UNSTORABLE: Readonly<Record<string, string>> = {
  '22003': 'A number is too large for its column.',
  '22021': SURROGATE,
  '22P05': SURROGATE,
  '22P02': SURROGATE,
  // Text that is looked for by an index has a bound there, of about 2,700 bytes.
  '54000': 'A name or key is too long.',
};

/** What a failed statement means to its caller; an error without such a meaning stays what it is. */
export const translatePostgresqlError = (thrown: unknown): Error => {
  const error = toError(thrown);
  if (error instanceof ServerError) return error;
  const code = codeOf(error);
  if (code === '23505') {
    return new ServerError('CONFLICT', error.message, {
      cause: error,
      details: { constraint: 'unique' },
    });
  }
  if (code === '23503') {
    return new ServerError('CONFLICT', error.message, {
      cause: error,
      details: { constraint: 'foreign_key' },
    });
  }
  const reason = UNSTORABLE[code];
  if (reason !== undefined) return new ServerError('INVALID', reason, { cause: error });
  if (isTransient(code, error.message)) {
    return new ServerError('UNAVAILABLE', `The database is not available: ${error.message}`, {
      cause: error,
    });
  }
  return error;
};

const ofDriver = (thrown: unknown): Error => {
  if (!isDriverAdapterError(thrown)) return toError(thrown);
  const { kind, originalCode, originalMessage } = thrown.cause;
  const message = originalMessage ?? `The connection failed (${kind}).`;
  return Object.assign(new Error(message, { cause: thrown }), { code: originalCode });
};

/**
 * What a failed read of Prisma means to its caller, as the cause of an error that has no code of its own: Prisma would
 * take that for one of its own. One without such a meaning stays as Prisma wants it.
 */
export const translatePrismaError = (thrown: unknown): Error => {
  const translated = translatePostgresqlError(ofDriver(thrown));
  return translated instanceof ServerError
    ? new Error(translated.message, { cause: translated })
    : toError(thrown);
};
