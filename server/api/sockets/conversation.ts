import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';

/** One side of a websocket that was let in. */
export interface Conversation {
  /** Takes a frame of the client. */
  receive(text: string): void;
  /** Resolves when the frames received so far have had their effect. */
  settled(): Promise<unknown>;
  /**
   * Does what has to be done when the connection is over. `isHeardOut` is false when the server could not wait for
   * what the client still had to say.
   */
  end?(isHeardOut: boolean): Promise<void>;
}

/** Begins to serve a socket that was let in; `transport` is the connection below it. */
export type Endpoint = (ctx: Context, socket: WebSocket, transport: Duplex) => Conversation;

/** What an address that is a websocket asks of its clients. */
export interface Access {
  readonly endpoint: Endpoint;
  /** Whether those are refused that do not offer Prefect's subprotocol. */
  readonly requiresProtocol: boolean;
  /** What a client is told whose token is refused, where it is not told the cause. */
  readonly authenticationFailure: string | null;
}
