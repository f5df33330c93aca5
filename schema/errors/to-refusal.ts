import { isServerError, type ServerError } from '#server/errors.ts';

import {
  AlreadyExists,
  Conflict,
  InvalidInput,
  type InputIssue,
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

const isIssue = (value: unknown): value is InputIssue =>
  isRecord(value) &&
  typeof value['message'] === 'string' &&
  Array.isArray(value['path']) &&
  value['path'].every((step) => typeof step === 'string');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What is wrong with the part of the input that is named first. */
const issuesOf = ({ details }: ServerError, part: string): readonly InputIssue[] => {
  const { issues } = details;
  const known = Array.isArray(issues) ? issues.filter(isIssue) : [];
  return known.map((issue) => ({ ...issue, path: [part, ...issue.path] }));
};

const typenameOf = (kind: unknown): string =>
  textOf(kind).replaceAll(/ ([a-z])/g, (_blank, letter: string) => letter.toUpperCase());

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The id of what stands against the call. */
const currentIdOf = ({ details }: ServerError): string | null =>
  textOf(details['currentId']) || null;

/** What is said of a conflict: a database's own words are of its tables and columns, which tell a caller nothing. */
const wordsOf = ({ message, cause }: ServerError, words: string): string =>
  cause === undefined ? message : words;

const TAKEN = 'Something with this name or key is there already.';
const MISSING = 'Something that it refers to is not there.';
const NEEDED = 'Something else still refers to it.';

/** A conflict in the closest words that a mutation has for it. */
const conflictOf = (error: ServerError, possible: RefusalClasses): Refusal => {
  // A row that is to be pointed at and is not there comes from the database as a conflict.
  // To a deletion, which has no input to be wrong, it says that others still need what is to go.
  const { constraint, kind, key, existingId } = error.details;
  if (
    constraint === 'foreign_key' &&
    possible.includes(NotFound) &&
    possible.includes(InvalidInput)
  )
    return new NotFound(wordsOf(error, MISSING), { typename: 'Node', key: '' });
  // What is there already is told by its name; a key is that of something which is not there.
  if (typeof key === 'string' && possible.includes(NotFound))
    return new NotFound(error.message, { typename: typenameOf(kind), key });
  if (kind === 'Parameters')
    return new ParameterSchemaMismatch(error.message, issuesOf(error, 'parameters'));
  if (kind === 'Job variables')
    return new InvalidInput(error.message, issuesOf(error, 'jobVariables'));
  if (possible.includes(AlreadyExists))
    return new AlreadyExists(wordsOf(error, TAKEN), textOf(existingId) || null);
  const words = constraint === 'unique' ? TAKEN : NEEDED;
  return new Conflict(wordsOf(error, words), currentIdOf(error));
};

const translate = (error: ServerError, possible: RefusalClasses): Refusal | null => {
  switch (error.code) {
    case 'NOT_FOUND':
      return new NotFound(error.message, {
        typename: typenameOf(error.details['kind']),
        key: textOf(error.details['key']),
      });
    case 'CONFLICT':
      return conflictOf(error, possible);
    case 'INVALID':
    case 'BAD_REQUEST':
      return new InvalidInput(error.message, issuesOf(error, 'jobVariables'));
    case 'PROTECTED':
    case 'FORBIDDEN':
      return new Protected(error.message, currentIdOf(error));
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
