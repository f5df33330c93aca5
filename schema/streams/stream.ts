import type { Wake } from './wake.ts';

/** What one look brought, and whether there is more to be had at once. */
export interface Pull<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/**
 * A stream that reads only when its consumer wants the next message: a slow one reads later and nothing piles up
 * for it. At most the messages of one look are held.
 */
export const createStream = <Item>(
  wake: Wake,
  pull: () => Promise<Pull<Item>>,
): AsyncIterableIterator<Item> => {
  let held: readonly Item[] = [];
  let position = 0;
  let hasMore = true;
  let isClosed = false;

  const refill = async (): Promise<void> => {
    if (!hasMore) await wake.wait();
    if (isClosed) return;
    const pulled = await pull();
    held = pulled.items;
    hasMore = pulled.hasMore;
    position = 0;
  };

  const next = async (): Promise<IteratorResult<Item>> => {
    for (;;) {
      if (isClosed) return { done: true, value: undefined };
      const item = held[position];
      if (item !== undefined) {
        position += 1;
        return { done: false, value: item };
      }
      // oxlint-disable-next-line no-await-in-loop -- nothing can be done before there is something new
      await refill();
    }
  };

  const close = async (): Promise<IteratorResult<Item>> => {
    isClosed = true;
    held = [];
    wake.close();
    return { done: true, value: undefined };
  };

  return {
    next: async () => {
      try {
        return await next();
      } catch (error) {
        await close();
        throw error;
      }
    },
    return: close,
    throw: async (error) => {
      await close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
