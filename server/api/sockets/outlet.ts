import { once } from 'node:events';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

const SHORT = 126;
const MEDIUM = 65_536;
const FINAL_TEXT = 0x81;

const headerOf = (bytes: number): Buffer => {
  if (bytes < SHORT) return Buffer.from([FINAL_TEXT, bytes]);
  if (bytes < MEDIUM) return Buffer.from([FINAL_TEXT, 126, bytes >> 8, bytes & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = FINAL_TEXT;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return header;
};

/** A whole text frame as a server sends it. */
export const textFrame = (text: string): Buffer => {
  const content = Buffer.from(text);
  return Buffer.concat([headerOf(content.length), content]);
};

/** Where frames for one client go that were made for several. */
export interface Outlet {
  readonly isOpen: boolean;
  /** What this process still holds for the client. */
  readonly unsentBytes: number;
  write(frames: Buffer): void;
  /** Ends when the client has taken everything, at the latest after the time given. */
  whenTaken(withinMillis: number): Promise<void>;
  close(code: number, reason: string): void;
}

/** Writes past the library, which would make the frame anew for each client; it writes whole frames as well. */
export const createOutlet = (socket: WebSocket, transport: Duplex): Outlet => ({
  get isOpen() {
    return socket.readyState === socket.OPEN;
  },
  get unsentBytes() {
    return transport.writableLength;
  },
  write: (frames) => {
    transport.write(frames);
  },
  whenTaken: async (withinMillis) => {
    // Neither the end of the time nor that of the connection is a failure here.
    await once(transport, 'drain', { signal: AbortSignal.timeout(withinMillis) }).catch(
      () => undefined,
    );
  },
  close: (code, reason) => socket.close(code, reason),
});
