import { expect, test } from 'vitest';

import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { createEventRelay } from '#server/services/event-relay.ts';
import { startServices } from '#server/services/loop.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { type SocketClient, openSocket } from '#tests/support/socket-client.ts';
import { serveSockets } from '#tests/support/socket-server.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const BATCH = 100;
const BATCHES = 20;
const TEXT = 'x'.repeat(10_000);

const idsOf = ({ frames }: SocketClient): readonly string[] =>
  (frames.slice(1) as readonly { event: { id: string } }[]).map(({ event }) => event.id);

describeEachDatabase('live readers of /events/out', (db) => {
  test('one that stalls holds up nobody, and gets everything once, in order, when it goes on', async () => {
    const server = await serveSockets(db.ctx);
    const relay = startServices(db.ctx, [createEventRelay()]);
    const resourceId = `thing.${newId()}`;
    const store = async (count: number): Promise<readonly string[]> => {
      const events = Array.from({ length: count }, () => ({
        id: newId(),
        occurred: formatInstant(nowMicros()),
        event: 'something.happened',
        resource: { 'prefect.resource.id': resourceId },
        payload: { text: TEXT },
      }));
      await ingestEvents(db.ctx, events);
      return events.map(({ id }) => id);
    };
    const open = async (): Promise<SocketClient> => {
      const client = await openSocket(`${server.url}/api/events/out`);
      client.send({ type: 'auth' });
      client.send({
        type: 'filter',
        backfill: true,
        filter: {
          resource: { id: [resourceId] },
          occurred: { until: formatInstant(addSeconds(nowMicros(), 600)) },
        },
      });
      return client;
    };
    const first = await store(1);
    const [stalled, reading] = [await open(), await open()];
    await waitFor(() => stalled.frames.length > 1 && reading.frames.length > 1);
    stalled.socket.pause();

    const ids = [...first];
    for (let batch = 0; batch < BATCHES; batch += 1) {
      ids.push(...(await store(BATCH)));
    }
    await waitFor(() => idsOf(reading).length === ids.length, { what: 'all events at the other' });
    expect(idsOf(reading)).toEqual(ids);
    expect(idsOf(stalled).length).toBeLessThan(ids.length);

    stalled.socket.resume();
    await waitFor(() => idsOf(stalled).length >= ids.length, { what: 'all events in the end' });
    expect(idsOf(stalled)).toEqual(ids);
    const [last] = await store(1);
    await waitFor(() => idsOf(stalled).at(-1) === last, { what: 'what is new again' });
    await relay.stop();
    await server.close();
  });
});
