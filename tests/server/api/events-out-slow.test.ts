import { expect, test } from 'vitest';

import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { openSocket } from '#tests/support/socket-client.ts';
import { serveSockets } from '#tests/support/socket-server.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const COUNT = 2000;
const TEXT = 'x'.repeat(20_000);

describeEachDatabase('/events/out to a client that does not read', (db) => {
  test('reads the past no faster than the client takes it, and sends all of it in the end', async () => {
    const events = Array.from({ length: COUNT }, () => ({
      id: newId(),
      occurred: formatInstant(nowMicros()),
      event: 'something.happened',
      resource: { 'prefect.resource.id': 'thing.1' },
      payload: { text: TEXT },
    }));
    await ingestEvents(db.ctx, events);
    const reads: number[] = [];
    const counting: typeof db.ctx.db = {
      ...db.ctx.db,
      read: (script) => {
        reads.push(performance.now());
        return db.ctx.db.read(script);
      },
    };
    const server = await serveSockets({ ...db.ctx, db: counting });
    const client = await openSocket(`${server.url}/api/events/out`);
    client.send({ type: 'auth' });
    await client.next(0);
    client.send({
      type: 'filter',
      filter: {
        occurred: {
          since: formatInstant(addSeconds(nowMicros(), -600)),
          until: formatInstant(addSeconds(nowMicros(), 600)),
        },
        event: { prefix: ['something.'] },
      },
    });
    client.socket.pause();
    await waitFor(() => {
      const last = reads.at(-1);
      return last !== undefined && performance.now() - last > 250;
    });
    // 40 MB would be forty pages; the system itself takes some of them out of the server's hands.
    expect(reads.length).toBeLessThan(12);
    client.socket.resume();
    await waitFor(() => client.frames.length > COUNT, { what: 'all events' });
    client.socket.terminate();
    await server.close();
  });
});
