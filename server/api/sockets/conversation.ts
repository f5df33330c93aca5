import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';

/** One side of a websocket that was let in. */
export interface Conversation {
  /** Takes a frame of the client. */
  receive(text: string): void;
  /** Resolves when the frames received so far have had their effect. */
  settled(): Promise<unknown>;
}

/** Begins to serve a socket that was let in. */
export type Endpoint = (ctx: Context, socket: WebSocket) => Conversation;
