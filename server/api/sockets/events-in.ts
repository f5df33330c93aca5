import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import { parseEvent } from '#server/events/parse-event.ts';

import type { Conversation } from './conversation.ts';
import { parseFrame } from './handshake.ts';

/**
 * Takes one event a frame; a source that is faster than the database is paused. A frame that is no event drops the
 * connection, as the client expects of a protocol error.
 */
export const serveEventsIn = (ctx: Context, socket: WebSocket): Conversation => {
  let stored: Promise<unknown> = Promise.resolve();
  let isPaused = false;

  const pause = (): void => {
    if (isPaused || !ctx.intake.isFull) return;
    isPaused = true;
    socket.pause();
    void ctx.intake.whenDrained().finally(() => {
      isPaused = false;
      socket.resume();
    });
  };

  const receive = (text: string): void => {
    const frame = parseFrame(text);
    if (frame === null) return socket.terminate();
    try {
      const event = parseEvent(frame, ctx.settings.events);
      // The intake logs what it cannot store; the frames after that are stored all the same.
      const settled = ctx.intake.add(event, text.length).catch(() => undefined);
      const before = stored;
      stored = settled.then(() => before);
      pause();
    } catch (error) {
      ctx.log.warn(`A websocket sent what is no event: ${toError(error).message}`);
      socket.terminate();
    }
    return undefined;
  };

  return { receive, settled: () => stored };
};
