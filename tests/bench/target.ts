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

const isReset = (error: Error): boolean => 'code' in error && error.code === 'ECONNRESET';

export interface Ask {
  readonly method: 'GET' | 'POST';
  /** With `/api` or whatever it starts with. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request over a kept connection; rejects when the connection breaks. */
export const ask = (target: Target, what: Ask): Promise<Reply> => {
  const { method, path, body, headers } = what;
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
  outgoing.on('error', (error) => {
    // The real server closes a connection after a 5xx, sometimes just as the next request leaves.
    if (outgoing.reusedSocket && isReset(error)) ask(target, what).then(resolve, reject);
    else reject(error);
  });
  outgoing.end(body);
  return promise;
};

/** A POST whose answer must be a success; gives the parsed answer. */
export const post = async <T>(target: Target, path: string, body: unknown): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await ask(target, { method: 'POST', path, body: JSON.stringify(body) });
    // The shapes are those of Prefect's REST interface.
    if (reply.status < 300) return (reply.text === '' ? null : JSON.parse(reply.text)) as T;
    if (reply.status !== 503 || attempt > 20) {
      throw new Error(`${target.name}: ${path} answered ${reply.status} ${reply.text.slice(0, 200)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
