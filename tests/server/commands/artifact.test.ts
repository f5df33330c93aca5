import { expect, test } from 'vitest';

import type { ArtifactCollectionRow } from '#prisma/tables.ts';
import {
  createArtifact,
  deleteArtifact,
  updateArtifact,
} from '#server/commands/artifact/artifact-commands.ts';
import { one, rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const readCollection = statement<[key: string], ArtifactCollectionRow>(
  'SELECT * FROM artifact_collection WHERE key = ?',
);
const eventsAbout = statement<[resourceId: string], { readonly event: string }>(
  'SELECT event FROM event WHERE resource_id = ? ORDER BY seq',
);

describeEachDatabase('artifacts', (db) => {
  const collection = (key: string) => db.ctx.db.read(() => one(readCollection(key)));

  test('an unknown artifact is NOT_FOUND', async () => {
    await expect(updateArtifact(db.ctx, { id: newId(), changes: {} })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(deleteArtifact(db.ctx, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('the newest of a key is its latest, with nothing of the one before it', async () => {
    await createArtifact(db.ctx, {
      key: 'report',
      type: 'markdown',
      data: '# one',
      description: 'first',
    });
    const second = await createArtifact(db.ctx, { key: 'report', type: 'table', data: [{ a: 1 }] });
    expect(await collection('report')).toMatchObject({
      latestId: second.id,
      type: 'table',
      data: [{ a: 1 }],
      description: null,
    });
  });

  test('a change of the latest shows in its key, a change of an older one does not', async () => {
    const older = await createArtifact(db.ctx, { key: 'versions', data: 1 });
    const latest = await createArtifact(db.ctx, { key: 'versions', data: 2 });
    await updateArtifact(db.ctx, { id: older.id, changes: { data: 10 } });
    expect(await collection('versions')).toMatchObject({ data: 2 });
    await updateArtifact(db.ctx, { id: latest.id, changes: { data: 20, description: 'd' } });
    expect(await collection('versions')).toMatchObject({ data: 20, description: 'd' });
  });

  test('without the latest the one before it takes its place, without any the key is gone', async () => {
    const first = await createArtifact(db.ctx, { key: 'going', data: 'first' });
    const second = await createArtifact(db.ctx, { key: 'going', data: 'second' });
    const { id } = (await collection('going')) ?? { id: '' };
    await deleteArtifact(db.ctx, second.id);
    expect(await collection('going')).toMatchObject({ id, latestId: first.id, data: 'first' });
    await deleteArtifact(db.ctx, first.id);
    expect(await collection('going')).toBeNull();
    const events = await db.ctx.db.read(() =>
      rows(eventsAbout(`prefect.artifact-collection.${id}`)),
    );
    expect(events.map(({ event }) => event.split('.').at(-1))).toEqual([
      'created',
      'updated',
      'updated',
      'deleted',
    ]);
  });

  test('long metadata is cut, missing data stays null', async () => {
    const row = await createArtifact(db.ctx, { metadata: { long: 'y'.repeat(501), short: 'z' } });
    expect(row).toMatchObject({
      key: null,
      data: null,
      metadata: { long: `${'y'.repeat(500)}...`, short: 'z' },
    });
  });
});
