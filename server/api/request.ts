import type { IncomingMessage } from 'node:http';

import { findJsonFault } from '#server/json-fault.ts';
import { parseJson as parseLossless } from '#server/lossless-json.ts';
import type { ClientInfo } from '#server/orchestration/client-info.ts';
import type { Micros } from '#server/time.ts';

import { RefusedRequest, answer, refuseRequest, refusal } from './reply.ts';

/** A call as a route's handler sees it, its body and query read by the route's schemas. */
export interface ApiRequest<Body = unknown, Query = unknown> {
  readonly body: Body;
  /** The JSON body as it was sent, for what depends on its spelling; null when there is none. */
  readonly bodyText: string | null;
  readonly query: Query;
  readonly headers: IncomingMessage['headers'];
  readonly client: ClientInfo;
  /** When the call arrived: what is newer was made by it. */
  readonly receivedAt: Micros;
  /** A part of the path by the name it has in the route's pattern. */
  readonly param: (name: string) => string;
  /** Calls the listener when the caller hangs up; gives what ends that. */
  readonly onGone: (listener: () => void) => () => void;
  /** Whether the caller has hung up. */
  readonly isGone: () => boolean;
}

/** What was sent as the body: nothing, JSON, or something else that is left as text. */
export interface ReceivedBody {
  readonly kind: 'none' | 'json' | 'other';
  readonly value: unknown;
  /** The JSON before it was parsed, null for every other kind. */
  readonly text: string | null;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const NOTHING: ReceivedBody = { kind: 'none', value: null, text: null };
const TOO_LARGE = refusal(413, `The body may hold ${MAX_BODY_BYTES} bytes at most.`, {
  connection: 'close',
});
const CUT_OFF = refusal(400, 'The body ended before its time.');
const JSON_TYPE = /^application\/(?:json|[\w.+-]*\+json)\s*(?:;|$)/i;

const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.pause();
      reject(new RefusedRequest(TOO_LARGE));
    });
    request.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
    );
    // The caller hung up in the middle of it: nobody is left to be answered, and nothing is wrong with the server.
    request.on('error', () => reject(new RefusedRequest(CUT_OFF)));
  });

const invalidJson = (text: string): RefusedRequest => {
  const { position, message } = findJsonFault(text);
  return new RefusedRequest(
    answer(
      {
        exception_message: 'Invalid request received.',
        exception_detail: [
          {
            type: 'json_invalid',
            loc: ['body', position],
            msg: 'JSON decode error',
            input: {},
            ctx: { error: message },
          },
        ],
        request_body: text,
      },
      422,
    ),
  );
};

const NON_FINITE = /"(?:[^"\\]|\\.)*"|(-?)Infinity|NaN/g;

/** Reads what Python takes for JSON as well: infinities become numbers that are too large, NaN becomes null. */
const parseNonFinite = (text: string): unknown => {
  const replaced = text.replaceAll(NON_FINITE, (token, sign?: string) => {
    if (token.startsWith('"')) return token;
    return token === 'NaN' ? 'null' : `${sign ?? ''}1e999`;
  });
  try {
    return parseLossless(replaced);
  } catch {
    throw invalidJson(text);
  }
};

const parseJson = (text: string): unknown => {
  try {
    return parseLossless(text);
  } catch {
    return parseNonFinite(text);
  }
};

/** Some shells of Windows begin a text with a mark, which says nothing here. */
const withoutByteOrderMark = (text: string): string =>
  text.startsWith('\uFEFF') ? text.slice(1) : text;

/** Reads the body to its end. Without a content type it counts as JSON, because old clients send none. */
export const receiveBody = async (request: IncomingMessage): Promise<ReceivedBody> => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === '0' || (length === undefined && encoding === undefined)) return NOTHING;
  if (Number(length) > MAX_BODY_BYTES) throw new RefusedRequest(TOO_LARGE);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return NOTHING;
  const text = withoutByteOrderMark(bytes.toString('utf8'));
  const type = request.headers['content-type'];
  if (type !== undefined && type !== '' && !JSON_TYPE.test(type)) {
    return { kind: 'other', value: text, text: null };
  }
  return { kind: 'json', value: parseJson(text), text };
};

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;
const OLDEST_VERSION = [0, 8, 0];

const isOlder = (version: readonly number[]): boolean => {
  const index = OLDEST_VERSION.findIndex((part, place) => part !== version[place]);
  return index !== -1 && (version[index] ?? 0) < (OLDEST_VERSION[index] ?? 0);
};

/** The version of the interface that the client speaks, null for the newest; refused when it is none or too old. */
export const requireApiVersion = (request: IncomingMessage): string | null => {
  const version = request.headers['x-prefect-api-version'];
  if (typeof version !== 'string' || version === '') return null;
  const match = VERSION.exec(version);
  if (match === null) {
    // The words of Prefect's server, which leaves out a blank.
    throw refuseRequest(
      400,
      `Invalid X-PREFECT-API-VERSION header format.Expected header in format 'x.y.z' but received ${version}`,
    );
  }
  if (isOlder(match.slice(1).map(Number))) {
    throw refuseRequest(
      400,
      `The request specified API version ${version} but this server requires version 0.8.0 or higher.`,
    );
  }
  return version;
};

const USER_AGENT = /^prefect\/(\S+)/;

/** The version of the Prefect client that calls, null for any other caller. */
export const clientVersionOf = (request: IncomingMessage): string | null =>
  USER_AGENT.exec(request.headers['user-agent'] ?? '')?.[1] ?? null;
