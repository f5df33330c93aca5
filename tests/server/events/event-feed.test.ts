import { expect, test } from 'vitest';

import { EventFeed } from '#server/events/event-feed.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';
import { type TestDatabase, describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/** The number of the newest event, once it is at least the given one. */
const latestFrom = (feed: EventFeed, least: number): Promise<number> =>
  waitFor(async () => {
    const latest = await feed.latest();
    return latest >= least ? latest : null;
  });

const store = async ({ ctx }: TestDatabase, count: number): Promise<readonly string[]> => {
  const events = Array.from({ length: count }, () => ({
    id: newId(),
    occurred: formatInstant(nowMicros()),
    event: 'something.happened',
    resource: { 'prefect.resource.id': 'thing.1' },
  }));
  await ingestEvents(ctx, events);
  return events.map(({ id }) => id);
};

describeEachDatabase('the feed of events', (db) => {
  test('one who comes after a time without followers gets what is new at once', async () => {
    const feed = new EventFeed(db.ctx);
    await store(db, 1);
    const early = await latestFrom(feed, 1);
    expect(await feed.after(early)).toEqual([]);
    const missed = await store(db, 1000);
    const late = await latestFrom(feed, early + 1000);
    const fresh = await store(db, 1);
    await latestFrom(feed, late + 1);
    expect((await feed.after(late)).map(({ id }) => id)).toEqual(fresh);
    // The one who was there before reads on from where it stood.
    expect((await feed.after(early)).map(({ id }) => id)).toEqual(missed.slice(0, 250));
  });

  test('followers at different places get theirs from reads that they share', async () => {
    const feed = new EventFeed(db.ctx);
    const start = await latestFrom(feed, 1);
    const ids = await store(db, 600);
    const end = await latestFrom(feed, start + 600);
    const fresh = await store(db, 1);
    await latestFrom(feed, end + 1);
    const [behind, ahead] = await Promise.all([feed.after(start), feed.after(end)]);
    expect(behind.map(({ id }) => id)).toEqual(ids.slice(0, 250));
    expect(ahead.map(({ id }) => id)).toEqual(fresh);
  });
});
