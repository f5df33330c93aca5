import type { JournalLook } from '../sql/look-at-journals.ts';

/**
 * Follows how far the journals are settled. Transactions take their numbers in one order and commit in another, so a
 * number is settled once every transaction has ended that was under way when it had been given out.
 */
export class SettledNumbers {
  readonly #look: () => Promise<JournalLook>;
  #settled: JournalLook | null = null;
  /** An earlier look whose transactions have not all ended. */
  #waiting: JournalLook | null = null;
  #running: Promise<JournalLook> | null = null;
  #next: Promise<JournalLook> | null = null;

  constructor(look: () => Promise<JournalLook>) {
    this.#look = look;
  }

  /** What is settled now. A look that has begun may have begun too early, so all who come meanwhile share the next. */
  read(): Promise<JournalLook> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(running: Promise<unknown> | null): Promise<JournalLook> {
    // Whoever asked for the earlier look hears of its failure.
    await running?.catch(() => undefined);
    this.#running = this.#next;
    this.#next = null;
    return this.#learn(await this.#look());
  }

  #learn(seen: JournalLook): JournalLook {
    const isQuiet = seen.next <= seen.oldest;
    // Who starts to follow at the first look wants what comes after it.
    if (isQuiet || this.#settled === null) {
      this.#settled = seen;
      this.#waiting = null;
    } else if (this.#waiting !== null && this.#waiting.next <= seen.oldest) {
      this.#settled = this.#waiting;
      this.#waiting = seen;
    }
    if (!isQuiet) this.#waiting ??= seen;
    return this.#settled;
  }
}
