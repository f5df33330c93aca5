/** What a table holds under growing numbers, with its form on the wire, which is made once for all who get it. */
export interface FeedItem {
  readonly seq: number;
  readonly json: string;
}

export interface FeedSource<Item extends FeedItem> {
  /** The number of the newest row that is settled, or zero. */
  latest(): Promise<number>;
  /** Settled rows past a number, in their order, at most so many. */
  readAfter(seq: number, rows: number): Promise<readonly Item[]>;
}

/** Rows read at a time. */
const PAGE_ROWS = 250;
/** What a page should come to; rows are counted before they are read, so the pages before it say how many that is. */
const PAGE_BYTES = 1_000_000;
/** What is kept in memory for those who follow closely. */
const KEPT_ROWS = 2000;
const KEPT_BYTES = 8_000_000;

const bytesOf = (items: readonly FeedItem[]): number =>
  items.reduce((sum, { json }) => sum + json.length, 0);

/** How many rows to ask for, learnt from what the last ones weighed. */
export class PageSize {
  readonly #most: number;
  #rows: number;

  constructor(most = PAGE_ROWS) {
    this.#most = most;
    this.#rows = Math.min(most, PAGE_ROWS);
  }

  get rows(): number {
    return this.#rows;
  }

  learn<Items extends readonly FeedItem[]>(page: Items): Items {
    if (page.length > 0) {
      const fitting = Math.floor((PAGE_BYTES * page.length) / Math.max(1, bytesOf(page)));
      // At most twice as many as before, lest one small row is followed by a page of large ones.
      this.#rows = Math.max(1, Math.min(this.#most, fitting, this.#rows * 2));
    }
    return page;
  }
}

/**
 * The newest rows of a table, read once for all who follow them. A follower holds a number and asks for what comes
 * after it, whenever it is ready: one that is slow reads from the table later, and nothing grows meanwhile.
 */
export class Feed<Item extends FeedItem> {
  readonly #source: FeedSource<Item>;
  readonly #size = new PageSize();
  #kept: readonly Item[] = [];
  /** Everything up to this number was read. */
  #readUpTo: number | null = null;
  #reading: Promise<void> | null = null;

  constructor(source: FeedSource<Item>) {
    this.#source = source;
  }

  /** The number of the newest row: who starts there gets only what is new. */
  latest(): Promise<number> {
    return this.#source.latest();
  }

  /** Rows past a number, at most a page of them; none when there is nothing new yet. */
  async after(seq: number): Promise<readonly Item[]> {
    do {
      // A read that another follower began may end before the place where this one stands.
      // oxlint-disable-next-line no-await-in-loop -- one read after the other
      await this.#catchUp(seq);
    } while (this.#readUpTo !== null && this.#readUpTo < seq);
    const oldest = this.#kept[0]?.seq;
    if (oldest !== undefined && seq >= oldest - 1) {
      const start = this.#kept.findIndex((item) => item.seq > seq);
      return start === -1 ? [] : this.#kept.slice(start, start + this.#size.rows);
    }
    if (this.#readUpTo !== null && seq >= this.#readUpTo) return [];
    return this.#page(seq);
  }

  /** Forgets everything, because the table was emptied. */
  forget(): void {
    this.#kept = [];
    this.#readUpTo = null;
  }

  /** Reads what is new; those who ask at once share one read. */
  #catchUp(seq: number): Promise<void> {
    this.#reading ??= this.#read(seq).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(seq: number): Promise<void> {
    if (this.#readUpTo === null || this.#readUpTo < seq) {
      // Nobody followed for a while. What lies between is read from the table by whoever still wants it.
      this.#kept = [];
      this.#readUpTo = seq;
    }
    const fresh = await this.#page(this.#readUpTo);
    this.#readUpTo = Math.max(fresh.at(-1)?.seq ?? 0, this.#readUpTo ?? 0);
    if (fresh.length > 0) this.#keep(fresh);
  }

  #keep(fresh: readonly Item[]): void {
    const all = [...this.#kept, ...fresh].slice(-KEPT_ROWS);
    let excess = bytesOf(all) - KEPT_BYTES;
    let from = 0;
    for (; excess > 0 && from < all.length; from += 1) excess -= all[from]?.json.length ?? 0;
    this.#kept = all.slice(from);
  }

  async #page(after: number): Promise<readonly Item[]> {
    return this.#size.learn(await this.#source.readAfter(after, this.#size.rows));
  }
}
