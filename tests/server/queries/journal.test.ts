import { randomUUID } from 'node:crypto';

import pg from 'pg';
import { expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { recordChange } from '#server/events/record.ts';
import { readChanges, readEnds } from '#server/queries/journal/read-changes.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const note = (ctx: Context, entityId: string): Promise<void> =>
  ctx.db.write(() => recordChange({ topic: 'variable', kind: 'updated', entityId }));

describeEachDatabase('The journal', (db) => {
  const idsAfter = async (after: number): Promise<readonly string[]> =>
    (await readChanges(db.ctx, { topic: 'variable', after, limit: 10 })).map(
      ({ entityId }) => entityId,
    );

  test('is read in order, past a number, as far as the limit goes', async () => {
    const { lastChange } = await readEnds(db.ctx);
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await note(db.ctx, id);
    await waitFor(async () => (await idsAfter(lastChange)).length === 3);
    expect(await idsAfter(lastChange)).toEqual(ids);
    const [first] = await readChanges(db.ctx, { topic: 'variable', after: lastChange, limit: 1 });
    expect(await idsAfter(first?.seq ?? 0)).toEqual(ids.slice(1));
    expect(await readChanges(db.ctx, { topic: 'flow', after: 0, limit: 10 })).toEqual([]);
  });

  test.runIf(db.kind === 'postgresql')(
    'a change that is committed late is not skipped by one that overtook it',
    async () => {
      const { target } = db.ctx.settings.database;
      const slow = new pg.Client({
        connectionString: target.kind === 'postgresql' ? target.url : '',
      });
      await slow.connect();
      const { lastChange } = await readEnds(db.ctx);
      const [late, early] = [randomUUID(), randomUUID()];
      await slow.query('BEGIN');
      await slow.query(
        `INSERT INTO change (at, topic, kind, entity_id) VALUES (0, 'variable', 'updated', '${late}')`,
      );
      await note(db.ctx, early);
      expect(await idsAfter(lastChange)).toEqual([]);
      await slow.query('COMMIT');
      await slow.end();
      await waitFor(async () => (await idsAfter(lastChange)).length === 2);
      expect(await idsAfter(lastChange)).toEqual([late, early]);
    },
  );

  test.runIf(db.kind === 'postgresql')(
    'a change of an older transaction does not hide one that a younger had numbered before it',
    async () => {
      const { target } = db.ctx.settings.database;
      const connectionString = target.kind === 'postgresql' ? target.url : '';
      const [older, younger] = [
        new pg.Client({ connectionString }),
        new pg.Client({ connectionString }),
      ];
      await Promise.all([older.connect(), younger.connect()]);
      const { lastChange } = await readEnds(db.ctx);
      const [first, second] = [randomUUID(), randomUUID()];
      const insert = (client: pg.Client, id: string) =>
        client.query(
          `INSERT INTO change (at, topic, kind, entity_id) VALUES (0, 'variable', 'updated', '${id}')`,
        );
      await older.query('BEGIN');
      await older.query('SELECT pg_current_xact_id()');
      await younger.query('BEGIN');
      await insert(younger, first);
      await insert(older, second);
      await older.query('COMMIT');
      expect(await idsAfter(lastChange)).toEqual([]);
      await younger.query('COMMIT');
      await Promise.all([older.end(), younger.end()]);
      await waitFor(async () => (await idsAfter(lastChange)).length === 2);
      expect(await idsAfter(lastChange)).toEqual([first, second]);
    },
  );
});
