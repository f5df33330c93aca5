import pg from 'pg';
import { describe, expect, test } from 'vitest';

import { createPostgresqlBus } from '#server/events/bus-postgresql.ts';
import { createLog } from '#server/log.ts';
import { readSettings } from '#server/settings.ts';
import { createPostgresqlDatabase, testedKinds } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const notify = async (url: string, payloads: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const payload of payloads) {
    await client.query('SELECT pg_notify($1, $2)', ['prefect_server', payload]);
  }
  await client.end();
};

describe.runIf(testedKinds.includes('postgresql'))('the bus between processes', () => {
  test('carries signals to the other process once, and to its own at once', async () => {
    const database = await createPostgresqlDatabase();
    const log = createLog(readSettings({ PREFECT_SERVER_LOGGING_LEVEL: 'ERROR' }));
    const [sender, receiver] = await Promise.all([
      createPostgresqlBus(database.url, log),
      createPostgresqlBus(database.url, log),
    ]);
    const own: string[] = [];
    const others: string[] = [];
    sender.subscribe('flow-run', ({ key }) => own.push(key));
    receiver.subscribe('flow-run', ({ key }) => others.push(key));
    sender.publish([
      { topic: 'flow-run', key: 'a' },
      { topic: 'flow-run', key: 'a' },
      { topic: 'task-run', key: 'b' },
    ]);
    expect(own).toEqual(['a', 'a']);
    // Whoever has access to the database may send on the channel; rubbish is passed over.
    await notify(database.url, ['', 'no JSON', '{"from":1}', '[]']);
    await waitFor(() => others.length > 0, { what: 'the notification' });
    expect(others).toEqual(['a']);
    // More than fits into one notification.
    sender.publish(
      Array.from({ length: 500 }, (_, index) => ({ topic: 'flow-run', key: `k${index}` })),
    );
    await waitFor(() => others.length === 501, { what: 'all signals' });
    await sender.close();
    await receiver.close();
    await database.drop();
  });
});
