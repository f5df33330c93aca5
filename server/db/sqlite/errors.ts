import { ServerError, toError } from '#server/errors.ts';

const UNIQUE = new Set([2067, 1555]);
const FOREIGN_KEY = new Set([787, 1811]);
// Busy, locked, out of memory, read-only, I/O error, full, cannot open: none of them is the caller's fault.
const TRANSIENT = new Set([5, 6, 7, 8, 10, 13, 14]);

const codeOf = (error: Error): number | null =>
  'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;

/** Whether another process holds the database right now. */
export const isBusy = (error: unknown): boolean => {
  const code = codeOf(toError(error));
  return code !== null && ((code & 0xff) === 5 || (code & 0xff) === 6);
};

/** What a failed statement means to its caller; an error without such a meaning stays what it is. */
export const translateSqliteError = (thrown: unknown): Error => {
  const error = toError(thrown);
  const code = codeOf(error);
  if (code === null) return error;
  if (UNIQUE.has(code)) {
    return new ServerError('CONFLICT', error.message, {
      cause: error,
      details: { constraint: 'unique' },
    });
  }
  if (FOREIGN_KEY.has(code)) {
    return new ServerError('CONFLICT', error.message, {
      cause: error,
      details: { constraint: 'foreign_key' },
    });
  }
  if (TRANSIENT.has(code & 0xff)) {
    return new ServerError('UNAVAILABLE', `The database is busy: ${error.message}`, {
      cause: error,
    });
  }
  return error;
};
