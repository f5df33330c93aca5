import { expect, test } from 'vitest';

import {
  createVariable,
  deleteVariable,
  updateVariable,
} from '#server/commands/variable/variable-commands.ts';
import { rows } from '#server/db/script.ts';
import { statement } from '#server/db/statement.ts';
import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const eventsAbout = statement<
  [resourceId: string],
  { readonly event: string; readonly payload: unknown }
>('SELECT event, payload FROM event WHERE resource_id = ? ORDER BY seq');

describeEachDatabase('variables', (db) => {
  test('a name that is taken is refused, when making and when renaming', async () => {
    await createVariable(db.ctx, { name: 'taken', value: 1 });
    const other = await createVariable(db.ctx, { name: 'other', value: 1 });
    await expect(createVariable(db.ctx, { name: 'taken', value: 2 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(
      updateVariable(db.ctx, { key: { id: other.id }, changes: { name: 'taken' } }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('an unknown variable is NOT_FOUND', async () => {
    const key = { id: newId() };
    await expect(updateVariable(db.ctx, { key, changes: {} })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(deleteVariable(db.ctx, { name: 'nobody' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('a change touches what was given, and a value may become null', async () => {
    const { id } = await createVariable(db.ctx, { name: 'changing', value: { a: 1 }, tags: ['t'] });
    await updateVariable(db.ctx, { key: { name: 'changing' }, changes: { value: null } });
    const row = await updateVariable(db.ctx, { key: { id }, changes: { name: 'changed' } });
    expect(row).toMatchObject({ id, name: 'changed', value: null, tags: ['t'] });
  });

  test('each step of its life is an event', async () => {
    const { id } = await createVariable(db.ctx, { name: 'lived', value: 1 });
    await updateVariable(db.ctx, { key: { id }, changes: { value: 2 } });
    await deleteVariable(db.ctx, { id });
    const events = await db.ctx.db.read(() => rows(eventsAbout(`prefect.variable.${id}`)));
    expect(events).toEqual([
      { event: 'prefect.variable.created', payload: { name: 'lived', value: 1, tags: [] } },
      { event: 'prefect.variable.updated', payload: { name: 'lived', value: 2, tags: [] } },
      { event: 'prefect.variable.deleted', payload: { name: 'lived', value: 2, tags: [] } },
    ]);
  });
});
