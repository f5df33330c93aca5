import type { WebSocket } from 'ws';

import type { Schema } from '../wire/pydantic/refusal.ts';
import { parseFrame } from './handshake.ts';

const PROTOCOL_ERROR = 1002;

export interface FilterFrame<Filter> {
  readonly filter: Filter;
  readonly wantsBackfill: boolean;
}

/**
 * Reads the one frame that a client of a stream sends. When it is not what the client must send, closes the
 * connection or drops it, as the real server does, and gives null.
 */
export const readFilterFrame = <Filter>(
  socket: WebSocket,
  text: string,
  schema: Schema<Filter>,
): FilterFrame<Filter> | null => {
  const frame = parseFrame(text);
  const drop = (): null => {
    socket.terminate();
    return null;
  };
  const refuse = (reason: string): null => {
    socket.close(PROTOCOL_ERROR, reason);
    return null;
  };
  if (frame === null) return drop();
  if (frame['type'] !== 'filter') return refuse("Expected 'filter' message");
  if (frame['filter'] === undefined) return refuse("Invalid filter: 'filter'");
  const parsed = schema.safeParse(frame['filter']);
  return parsed.success
    ? { filter: parsed.data, wantsBackfill: frame['backfill'] !== false }
    : drop();
};
