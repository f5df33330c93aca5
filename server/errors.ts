/** The closed set of reasons for which a call can be refused; each door translates them into its own words. */
export type ServerErrorCode =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID'
  | 'PROTECTED'
  | 'BAD_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'UNAVAILABLE';

export interface ServerErrorOptions extends ErrorOptions {
  /** What the refusal is about, for a door that reports it: the kind and key of a missing thing, issues of an input. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A refusal that the caller can understand: anything else that is thrown is a bug of the server. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ServerErrorCode, message: string, options: ServerErrorOptions = {}) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

export const notFound = (kind: string, key: string): ServerError =>
  new ServerError('NOT_FOUND', `${kind} not found`, { details: { kind, key } });

export const isServerError = (error: unknown, code?: ServerErrorCode): error is ServerError =>
  error instanceof ServerError && (code === undefined || error.code === code);

/** An Error in every case, because JavaScript may throw anything. */
export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));
