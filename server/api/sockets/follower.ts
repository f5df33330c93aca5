import type { FeedItem } from '#server/events/feed.ts';

import type { Broadcast, Delivery, Wanted } from './broadcast.ts';
import type { Outlet } from './outlet.ts';

/** What may lie unsent at a client before no more is read for it. */
const MAX_UNSENT_BYTES = 1_000_000;
const LOOK_MILLIS = 1000;
/** A client that does not take what it was sent for half a minute is let go. */
const MAX_STUCK_LOOKS = 30;
const TRY_AGAIN_LATER = 1013;

interface Following<Item extends FeedItem> {
  readonly outlet: Outlet;
  readonly wanted: Wanted<Item>;
}

/**
 * One client of a stream. Once it has read what is there it is served together with the others; when it takes too
 * little it leaves them, reads by its own number as it can, and comes back.
 */
export class Follower<Item extends FeedItem> {
  readonly wanted: Wanted<Item>;
  /** It has been served up to this number. */
  cursor = 0;
  readonly #broadcast: Broadcast<Item>;
  readonly #outlet: Outlet;
  #report: (error: unknown) => void = () => undefined;

  constructor(broadcast: Broadcast<Item>, { outlet, wanted }: Following<Item>) {
    this.#broadcast = broadcast;
    this.#outlet = outlet;
    this.wanted = wanted;
  }

  /** Sends what is past the cursor and then what is new, until the client is gone or `report` hears of a failure. */
  begin(report: (error: unknown) => void): void {
    this.#report = report;
    this.#catchUp().catch(report);
  }

  end(): void {
    this.#broadcast.leave(this);
  }

  /** Takes its part of a page that all get. */
  take({ chosen, frames, upTo }: Delivery<Item>): void {
    if (this.#outlet.unsentBytes > MAX_UNSENT_BYTES || !this.#outlet.isOpen) {
      this.#broadcast.leave(this);
      this.#catchUp().catch(this.#report);
      return;
    }
    const isMine = (item: Item): boolean => item.seq > this.cursor && this.wanted.isWithin(item);
    if (chosen.every(isMine)) this.#write(frames);
    else this.#write(this.#broadcast.framesOf(chosen.filter(isMine)));
    this.cursor = Math.max(this.cursor, upTo);
  }

  /** Sends what the client wants of a page that was read for it alone. */
  send(page: readonly Item[]): void {
    const { matches, isWithin } = this.wanted;
    this.#write(this.#broadcast.framesOf(page.filter((item) => isWithin(item) && matches(item))));
  }

  /** Waits until the client has taken nearly all that it was sent; false when it is gone, or never took it. */
  async whenReady(): Promise<boolean> {
    for (let looks = 0; this.#outlet.isOpen; looks += 1) {
      if (this.#outlet.unsentBytes <= MAX_UNSENT_BYTES) return true;
      if (looks === MAX_STUCK_LOOKS) {
        this.#outlet.close(TRY_AGAIN_LATER, 'Too slow a reader.');
        return false;
      }
      // oxlint-disable-next-line no-await-in-loop -- a look now and then
      await this.#outlet.whenTaken(LOOK_MILLIS);
    }
    return false;
  }

  async #catchUp(): Promise<void> {
    // oxlint-disable no-await-in-loop -- page after page, no faster than the client takes them
    while (await this.whenReady()) {
      const reached = this.#broadcast.cursor;
      const page = await this.#broadcast.feed.after(this.cursor);
      if (!this.#outlet.isOpen) return;
      this.send(page);
      // What others have been served and is not there any more was deleted meanwhile.
      this.cursor = page.at(-1)?.seq ?? Math.max(this.cursor, reached);
      if (page.length === 0 && this.#broadcast.join(this)) return;
    }
    // oxlint-enable no-await-in-loop
  }

  #write(frames: Buffer): void {
    if (frames.length > 0) this.#outlet.write(frames);
  }
}
