import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names; repeated headers are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Bytes of the body before compression. */
  readonly sizeBytes: number;
}

const collect = async (response: IncomingMessage): Promise<Answer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  const wire = Buffer.concat(chunks);
  const isCompressed = response.headers['content-encoding'] === 'gzip' && wire.length > 0;
  const bytes = isCompressed ? gunzipSync(wire) : wire;
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: bytes.toString('utf8'),
    sizeBytes: bytes.length,
  };
};

/** Sends requests as they are written: no redirects, no header of its own but Host and lengths. */
export class HttpCaller {
  readonly #base: URL;
  #agent = new Agent({ keepAlive: true });

  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl);
  }

  /** One request; rejects when the connection fails or nothing comes for 60 s. */
  async send(call: Call): Promise<Answer> {
    const { answer, isReused } = this.#attempt(call);
    try {
      return await answer;
    } catch (error) {
      // A kept connection may be closed by the server just as a request leaves.
      if (isReused() && isReset(error)) return this.send(call);
      throw error;
    }
  }

  #attempt(call: Call): { readonly answer: Promise<Answer>; readonly isReused: () => boolean } {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const outgoing = request(
      {
        agent: this.#agent,
        host: this.#base.hostname,
        port: this.#base.port,
        method: call.method,
        path: call.path,
        headers: {
          accept: '*/*',
          'accept-encoding': 'gzip, deflate',
          ...lengthOf(call.body),
          ...call.headers,
        },
        timeout: 60_000,
      },
      (response) => void collect(response).then(resolve, reject),
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer for 60 s')));
    outgoing.on('error', reject);
    outgoing.end(call.body ?? undefined);
    return { answer: promise, isReused: () => outgoing.reusedSocket };
  }

  /** Drops kept connections, so that the next request opens a new one. */
  reconnect(): void {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

const lengthOf = (body: Call['body']): Readonly<Record<string, string>> =>
  body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
