import type { WebSocket } from 'ws';

import type { Context } from '#server/context.ts';
import { toError } from '#server/errors.ts';
import { parseEvent } from '#server/events/parse-event.ts';

import { parseFrame } from './handshake.ts';

/**
 * Takes one event a frame. A pong is held back until the frames before its ping are stored, because Prefect's client
 * takes it as the receipt for them; a source that is faster than the database is paused. A frame that is no event
 * drops the connection, as the client expects of a protocol error.
 */
export const serveEventsIn = (ctx: Context, socket: WebSocket): ((text: string) => void) => {
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

  socket.on('ping', (data) => {
    void stored.finally(() => {
      if (socket.readyState === socket.OPEN) socket.pong(data);
    });
  });

  return (text) => {
    const frame = parseFrame(text);
    if (frame === null) return socket.terminate();
    if (text.length > ctx.settings.events.maximumSizeBytes) {
      ctx.log.warn({ bytes: text.length }, 'An event larger than the limit was left out.');
      return undefined;
    }
    try {
      const event = parseEvent(frame, ctx.settings.events);
      const adding = ctx.intake.add(event, text.length);
      // The intake has logged why; the frames after this one are stored all the same.
      const settled = adding.catch(() => undefined);
      const before = stored;
      stored = settled.then(() => before);
      pause();
    } catch (error) {
      ctx.log.warn(`A websocket sent what is no event: ${toError(error).message}`);
      socket.terminate();
    }
    return undefined;
  };
};
