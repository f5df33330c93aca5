import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * A socket that sends what is written in one turn as one packet. The driver writes each statement by itself, and every
 * packet costs a call into the kernel here and may wake the database's process once more there.
 */
export class GatheringSocket extends Socket {
  #isGathering = false;

  override write(
    chunk: string | Uint8Array,
    encodingOrWritten?: BufferEncoding | Written,
    written?: Written,
  ): boolean {
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.cork();
      process.nextTick(() => {
        this.#isGathering = false;
        this.uncork();
      });
    }
    return typeof encodingOrWritten === 'string'
      ? super.write(chunk, encodingOrWritten, written)
      : super.write(chunk, encodingOrWritten ?? written);
  }
}
