import { WebSocket } from 'ws';

import { waitFor } from './wait-for.ts';

export interface SocketClient {
  readonly socket: WebSocket;
  /** What the server has sent, parsed. */
  readonly frames: readonly unknown[];
  /** The end of the connection, once it has come. */
  readonly closed: { code: number; reason: string } | null;
  send(frame: unknown): void;
  next(index: number): Promise<unknown>;
  untilClosed(): Promise<{ code: number; reason: string }>;
}

/** Opens a websocket; rejects when the upgrade is refused. */
export const openSocket = async (
  url: string,
  protocol: string | null = 'prefect',
): Promise<SocketClient> => {
  const socket = protocol === null ? new WebSocket(url) : new WebSocket(url, protocol);
  const frames: unknown[] = [];
  const state: { closed: { code: number; reason: string } | null } = { closed: null };
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString('utf8'))));
  socket.on('close', (code, reason) => {
    state.closed = { code, reason: reason.toString('utf8') };
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    frames,
    get closed() {
      return state.closed;
    },
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: (index) => waitFor(() => frames[index], { what: `frame ${index}` }),
    untilClosed: () => waitFor(() => state.closed, { what: 'the end of the connection' }),
  };
};
