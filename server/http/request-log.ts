import type { Watcher } from './server.ts';

/** Lines that are kept; of older ones only their number is known. */
const KEPT = 10_000;

export interface RequestLog {
  readonly watcher: Watcher;
  /** How many requests there were, and a line for each that came after the first `count`, as far as they are kept. */
  since(count: number): { readonly total: number; readonly log: readonly string[] };
}

/** Keeps a line for each request and each opened socket, such as `GET /api/flows` or `WS /api/events/in`. */
export const createRequestLog = (): RequestLog => {
  let total = 0;
  let lines: string[] = [];
  const note = (method: string, url: string): void => {
    const path = url.split('?', 1)[0] ?? '';
    // Who reads the log would otherwise find the reading in it.
    if (path.includes('/_testing/')) return;
    total += 1;
    lines.push(`${method} ${path}`);
    if (lines.length >= 2 * KEPT) lines = lines.slice(-KEPT);
  };
  return {
    watcher: {
      request: ({ method = 'GET', url = '/' }) => note(method, url),
      upgrade: ({ url = '/' }) => note('WS', url),
    },
    since: (count) => {
      const wanted = Math.min(total - count, KEPT);
      return { total, log: wanted <= 0 ? [] : lines.slice(-wanted) };
    },
  };
};
