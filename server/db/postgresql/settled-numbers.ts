import { setTimeout as delay } from 'node:timers/promises';

import type { JournalLook } from '../sql/look-at-journals.ts';

/** Who has been under way for so long may be a stranger that never writes to a journal, as in another database. */
const STRANGER_MILLIS = 300;
/** For how long the first look is repeated. */
const FIRST_MILLIS = 2000;
const FIRST_PAUSE_MILLIS = 5;

export interface JournalLooks {
  /** Looks at all transactions. */
  readonly quick: () => Promise<JournalLook>;
  /** Looks at those alone that have written to a journal, which takes longer. */
  readonly close: () => Promise<JournalLook>;
}

/**
 * Follows how far the journals are settled. Transactions take their numbers in one order and commit in another, so a
 * number is settled once every transaction has ended that was under way when it had been given out.
 */
export class SettledNumbers {
  readonly #looks: JournalLooks;
  #settled: JournalLook | null = null;
  /** An earlier look whose transactions have not all ended. */
  #waiting: JournalLook | null = null;
  #running: Promise<JournalLook> | null = null;
  #next: Promise<JournalLook> | null = null;

  /** The oldest transaction of the last quick look, and since when it has been that. */
  #oldest = { transaction: 0, sinceMillis: 0 };

  constructor(looks: JournalLooks) {
    this.#looks = looks;
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
    const known = this.#settled === null ? null : this.#learn(await this.#see());
    return known ?? this.#first();
  }

  /** What is settled at first: numbers of transactions that are under way must not be taken for it. */
  async #first(): Promise<JournalLook> {
    const deadline = performance.now() + FIRST_MILLIS;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- a look after the other, until what was seen first has ended
      const seen = await this.#see();
      const settled = this.#learn(seen);
      if (settled !== null) return settled;
      // Somebody keeps a journal open. Who starts to follow now wants what comes after this look.
      if (performance.now() > deadline) return (this.#settled = seen);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await delay(FIRST_PAUSE_MILLIS);
    }
  }

  async #see(): Promise<JournalLook> {
    const seen = await this.#looks.quick();
    return this.#isHeldUp(seen) ? this.#looks.close() : seen;
  }

  /** Whether one transaction has kept everything unsettled for a while. */
  #isHeldUp({ next, oldest }: JournalLook): boolean {
    const now = performance.now();
    if (oldest !== this.#oldest.transaction)
      this.#oldest = { transaction: oldest, sinceMillis: now };
    return oldest < next && now - this.#oldest.sinceMillis >= STRANGER_MILLIS;
  }

  #learn(seen: JournalLook): JournalLook | null {
    if (seen.next <= seen.oldest) {
      this.#settled = seen;
      this.#waiting = null;
      return seen;
    }
    if (this.#waiting !== null && this.#waiting.next <= seen.oldest) {
      this.#settled = this.#waiting;
      this.#waiting = seen;
    }
    this.#waiting ??= seen;
    return this.#settled;
  }
}
