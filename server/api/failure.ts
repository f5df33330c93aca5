import { type ServerErrorCode, isServerError } from '#server/errors.ts';
import type { Log } from '#server/log.ts';

import { type Reply, RefusedRequest, exceptional, refusal } from './reply.ts';

const STATUSES: Readonly<Record<ServerErrorCode, number>> = {
  NOT_FOUND: 404,
  CONFLICT: 409,
  INVALID: 422,
  PROTECTED: 403,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNAVAILABLE: 503,
};

const INTEGRITY_CONFLICT =
  'Data integrity conflict. This usually means a unique or foreign key constraint was violated. See server logs for details.';

/** Turns whatever a handler threw into an answer; what nobody foresaw is logged here, once. */
export const replyForFailure = (
  error: unknown,
  {
    log,
    call,
    logsRetryable,
  }: { readonly log: Log; readonly call: string; readonly logsRetryable: boolean },
): Reply => {
  if (error instanceof RefusedRequest) return error.reply;
  if (isServerError(error)) {
    if (error.code === 'CONFLICT' && error.details['constraint'] !== undefined) {
      return refusal(409, INTEGRITY_CONFLICT);
    }
    if (error.code !== 'UNAVAILABLE') return refusal(STATUSES[error.code], error.message);
    if (logsRetryable) log.error({ err: error, call }, 'The request can be repeated.');
    const reply = exceptional(503, 'Service Unavailable');
    return { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
  }
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return refusal(422, 'The request is nested too deeply.');
  }
  log.error({ err: error, call }, 'A request failed.');
  const reply = exceptional(500, 'Internal Server Error');
  return { ...reply, headers: { ...reply.headers, connection: 'close' } };
};
