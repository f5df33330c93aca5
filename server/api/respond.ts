import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzip } from 'node:zlib';

import type { Reply } from './reply.ts';

/** From here on Prefect's server may compress, and says so to caches. */
const VARYING_BYTES = 500;
/** Below it the answer fits a few packets, and compressing costs more than it saves (hot-paths, reads). */
const COMPRESSED_BYTES = 8192;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

const acceptsGzip = (request: IncomingMessage): boolean =>
  (request.headers['accept-encoding'] ?? '').includes('gzip');

const isLocal = (request: IncomingMessage): boolean =>
  LOOPBACK.test(request.socket.remoteAddress ?? '');

const withVary = ({ headers, isUnvarying }: Reply, size: number): OutgoingHttpHeaders => {
  if (headers['vary'] !== undefined || isUnvarying === true) return headers;
  return { ...headers, vary: size >= VARYING_BYTES ? 'Accept-Encoding, Origin' : 'Origin' };
};

const sendCompressed = (
  response: ServerResponse,
  bytes: Buffer,
  { status, headers }: Pick<Reply, 'status' | 'headers'>,
): void => {
  gzip(bytes, { level: 1 }, (error, packed) => {
    const body = error === null ? packed : bytes;
    const encoding = error === null ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(status, { ...headers, ...encoding, 'content-length': body.length });
    response.end(body);
  });
};

const sendText = (request: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  const text = typeof reply.body === 'string' ? reply.body : '';
  const size = Buffer.byteLength(text);
  const headers = withVary(reply, size);
  if (size >= COMPRESSED_BYTES && acceptsGzip(request) && !isLocal(request)) {
    sendCompressed(response, Buffer.from(text), { status: reply.status, headers });
    return;
  }
  response.writeHead(reply.status, { ...headers, 'content-length': size });
  response.end(text);
};

/** Writes an answer; resolves when all of it is handed to the connection. */
export const respond = async (
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
): Promise<void> => {
  if (response.destroyed || response.headersSent) return;
  if (reply.body === null) {
    response.writeHead(reply.status, withVary(reply, 0));
    response.end();
    return;
  }
  if (typeof reply.body === 'string') {
    sendText(request, response, reply);
    return;
  }
  response.writeHead(reply.status, withVary(reply, VARYING_BYTES));
  await pipeline(Readable.from(reply.body), response);
};
