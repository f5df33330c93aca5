/** What the server refused a call with; `code` is one of its error codes. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** What else the operation asked of the error, such as `retryAfterSeconds`, or what the server added to it. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
