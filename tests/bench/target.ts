import { Agent, request } from 'node:http';

/** A server that is driven: ours or the real one. */
export interface Target {
  readonly name: 'ours' | 'real';
  /** Without a slash at the end, without `/api`. */
  readonly url: string;
  /** Roots of the process trees whose CPU time is counted: the server and its database. */
  readonly pids: readonly number[];
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly millis: number;
}

const agents = new Map<string, Agent>();

const agentOf = (url: string): Agent => {
  const known = agents.get(url);
  if (known !== undefined) return known;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  agents.set(url, agent);
  return agent;
};

/** Closes the connections that were kept open. */
export const closeConnections = (): void => {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
};

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

export interface Ask {
  readonly method: 'GET' | 'POST';
  /** With `/api` or whatever it starts with. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Attempt {
  readonly reply: Promise<Reply>;
  /** True once the request went over a connection that had served before. */
  readonly isReused: () => boolean;
}

const attempt = (target: Target, { method, path, body, headers }: Ask): Attempt => {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const startedAt = performance.now();
  const outgoing = request(
    `${target.url}${path}`,
    {
      method,
      agent: agentOf(target.url),
      headers: {
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...headers,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const millis = performance.now() - startedAt;
        resolve({ status: response.statusCode ?? 0, text, millis });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return { reply: promise, isReused: () => outgoing.reusedSocket };
};

/** One request over a kept connection; rejects when the connection breaks. */
export const ask = async (target: Target, what: Ask): Promise<Reply> => {
  const { reply, isReused } = attempt(target, what);
  try {
    return await reply;
  } catch (error) {
    // The real server closes a connection after a 5xx, sometimes just as the next request leaves.
    if (isReused() && isReset(error)) return ask(target, what);
    throw error;
  }
};

/** A POST whose answer must be a success; gives the parsed answer. */
export const post = async <T>(target: Target, path: string, body: unknown): Promise<T> => {
  for (let tries = 0; ; tries += 1) {
    const reply = await ask(target, { method: 'POST', path, body: JSON.stringify(body) });
    // The shapes are those of Prefect's REST interface.
    if (reply.status < 300) return (reply.text === '' ? null : JSON.parse(reply.text)) as T;
    if (reply.status !== 503 || tries > 20) {
      throw new Error(
        `${target.name}: ${path} answered ${reply.status} ${reply.text.slice(0, 200)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
