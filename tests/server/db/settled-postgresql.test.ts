import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { one } from '#server/db/script.ts';
import { readLastNumbers } from '#server/db/sql/read-new-rows.ts';
import { recordChange } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import { openTestContext, testedKinds } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const INSERT = `INSERT INTO change (at, topic, kind, entity_id) VALUES (1, 'test', 'created', 'x') RETURNING seq`;

describe.runIf(testedKinds.includes('postgresql'))('the numbers of the journal', () => {
  let db: Awaited<ReturnType<typeof openTestContext>>;
  let other: pg.Client;
  beforeAll(async () => {
    db = await openTestContext('postgresql');
    const { target } = db.ctx.settings.database;
    other = new pg.Client({ connectionString: target.kind === 'postgresql' ? target.url : '' });
    await other.connect();
    await write();
    await waitFor(() => isSettled(1));
  });
  afterEach(() => other.query('ROLLBACK'));
  afterAll(async () => {
    await other.end();
    await db.close();
  });

  const write = () =>
    db.ctx.db.write(() => recordChange({ topic: 'flow', kind: 'created', entityId: newId() }));
  const newest = async (): Promise<number> => {
    const most = Number.MAX_SAFE_INTEGER;
    const last = await db.ctx.db.read(() => one(readLastNumbers(most, most, most)));
    return last?.change ?? 0;
  };
  const isSettled = async (seq: number): Promise<boolean> =>
    (await db.ctx.db.settled()).change >= seq;

  test('wait for an older one that is not committed yet', async () => {
    await other.query('BEGIN');
    const { rows } = await other.query<{ seq: string }>(INSERT);
    const older = Number(rows[0]?.seq);
    await write();
    const until = performance.now() + 800;
    while (performance.now() < until) expect(await isSettled(older)).toBe(false);
    await other.query('COMMIT');
    await waitFor(async () => isSettled(older + 1));
  });

  test('do not wait for transactions of other databases, nor for those that write no journal', async () => {
    const stranger = new pg.Client({ connectionString: process.env['TEST_DATABASE_URL'] });
    await stranger.connect();
    for (const client of [stranger, other]) {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
    }
    await write();
    const seq = await newest();
    await waitFor(() => isSettled(seq));
    await write();
    await waitFor(() => isSettled(seq + 1));
    await stranger.end();
  });

  test('wait for one whose transaction had written nothing before it was given', async () => {
    await other.query(`CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$`);
    await other.query(
      'CREATE TRIGGER dawdle BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION dawdle()',
    );
    const before = await newest();
    const inserted = other.query(INSERT);
    let isDone = false;
    void inserted.then(() => (isDone = true));
    await waitFor(async () => {
      const seen = await isSettled(before + 1);
      expect(seen && !isDone).toBe(false);
      return isDone && seen;
    });
    await other.query('DROP TRIGGER dawdle ON change');
  });
});
