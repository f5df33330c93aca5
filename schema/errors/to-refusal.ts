import { isServerError, type ServerError } from '#server/errors.ts';

import {
  AlreadyExists,
  Conflict,
  InvalidInput,
  type LeaseExpired,
  type LimitReached,
  NotFound,
  ParameterSchemaMismatch,
  Protected,
  Refusal,
} from './classes.ts';

type RefusalClass =
  | typeof InvalidInput
  | typeof NotFound
  | typeof AlreadyExists
  | typeof Conflict
  | typeof Protected
  | typeof ParameterSchemaMismatch
  | typeof LimitReached
  | typeof LeaseExpired;

export type RefusalClasses = readonly RefusalClass[];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A conflict in the closest words that a mutation has for it. */
const conflictOf = (error: ServerError, possible: RefusalClasses): Refusal => {
  // A row that is to be pointed at and is not there comes from the database as a conflict.
  if (error.details['constraint'] === 'foreign_key' && possible.includes(NotFound))
    return new NotFound(error.message, { typename: 'Node', key: '' });
  if (possible.includes(ParameterSchemaMismatch)) return new ParameterSchemaMismatch(error.message);
  if (possible.includes(AlreadyExists)) return new AlreadyExists(error.message);
  return new Conflict(error.message);
};

const translate = (error: ServerError, possible: RefusalClasses): Refusal | null => {
  switch (error.code) {
    case 'NOT_FOUND':
      return new NotFound(error.message, {
        typename: textOf(error.details['kind']).replaceAll(' ', ''),
        key: textOf(error.details['key']),
      });
    case 'CONFLICT':
      return conflictOf(error, possible);
    case 'INVALID':
    case 'BAD_REQUEST':
      return new InvalidInput(error.message);
    case 'PROTECTED':
    case 'FORBIDDEN':
      return new Protected(error.message);
    case 'UNAUTHENTICATED':
    case 'UNAVAILABLE':
      return null;
  }
};

/** What a mutation that was refused answers; what is none of its results stays an error of the operation. */
export const toRefusal = (error: unknown, possible: RefusalClasses): unknown => {
  if (error instanceof Refusal || !isServerError(error)) return error;
  const refusal = translate(error, possible);
  return refusal !== null && possible.some((type) => refusal instanceof type) ? refusal : error;
};
