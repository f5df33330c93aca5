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
  // Text with a NUL character or half of a surrogate pair, neither of which PostgreSQL can hold.
  if (code === '22021' || code === '22P05' || code === '22P02') {
    return new ServerError('INVALID', 'Text may not contain NUL or a lone surrogate.', {
      cause: error,
    });
  }
  // Text that is looked for by an index has a bound there, of about 2,700 bytes.
  if (code === '54000') {
    return new ServerError('INVALID', 'A name or key is too long.', { cause: error });
  }
  if (isTransient(code, error.message)) {
    return new ServerError('UNAVAILABLE', `The database is not available: ${error.message}`, {
      cause: error,
    });
  }
  return error;
};
