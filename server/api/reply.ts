import type { OutgoingHttpHeaders } from 'node:http';

/** An answer before it is written: a text, pieces of one as they come, or nothing. */
export interface Reply {
  readonly status: number;
  readonly body: string | AsyncIterable<string> | null;
  readonly headers: OutgoingHttpHeaders;
  /** Whether caches may give it to every origin, which is not said of others. */
  readonly isUnvarying?: boolean;
}

const JSON_HEADERS: OutgoingHttpHeaders = { 'content-type': 'application/json' };
const NO_HEADERS: OutgoingHttpHeaders = {};

/** A value as JSON. */
export const answer = (value: unknown, status = 200): Reply => ({
  status,
  body: JSON.stringify(value),
  headers: JSON_HEADERS,
});

/** JSON that was put together as text already. */
export const answerText = (json: string, status = 200): Reply => ({
  status,
  body: json,
  headers: JSON_HEADERS,
});

/** 201 for what came to be by this call, 200 for what was there. */
export const createdStatus = (isCreated: boolean): number => (isCreated ? 201 : 200);

export const noContent: Reply = { status: 204, body: null, headers: NO_HEADERS };

/** A refusal in the words that most of Prefect's routes use. */
export const refusal = (
  status: number,
  detail: unknown,
  headers: OutgoingHttpHeaders = NO_HEADERS,
): Reply => ({
  status,
  body: JSON.stringify({ detail }),
  headers: { ...JSON_HEADERS, ...headers },
});

/** A refusal in the words of Prefect's handlers of uncaught errors. */
export const exceptional = (status: number, message: string): Reply => ({
  status,
  body: JSON.stringify({ exception_message: message }),
  headers: JSON_HEADERS,
});

export const plain = (text: string, status = 200, headers: OutgoingHttpHeaders = {}): Reply => ({
  status,
  body: text,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
});

/** A refusal thrown from within a handler, for what only this door knows to be wrong. */
export class RefusedRequest extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('The request was refused.');
    this.name = 'RefusedRequest';
    this.reply = reply;
  }
}

/** Ends the call with a `{"detail": …}` of the given status. */
export const refuseRequest = (status: number, detail: unknown): RefusedRequest =>
  new RefusedRequest(refusal(status, detail));
