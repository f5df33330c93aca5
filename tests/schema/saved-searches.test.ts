import { expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { data } from './support/operations.ts';

const FILTER = { object: 'flow', property: 'name', type: 'string', operation: 'equals' };

describeEachDatabase('Saved searches', (db) => {
  test.each([
    ['upsertSavedSearch', { name: ' ', filters: [] }, 'InvalidInputError'],
    ['deleteSavedSearch', { id: newId() }, 'NotFoundError'],
  ])('%s of %j is refused with %s', async (name, input, typename) => {
    const answer = await mutate(db.ctx, name, { input });
    expect(answer).toMatchObject({ __typename: typename, message: expect.any(String) });
  });

  test('one of a known name gets other conditions, and one that is deleted is gone', async () => {
    const payload = 'created savedSearch { id resourceId name filters { object value } }';
    const keep = (filters: readonly object[]) =>
      mutate(db.ctx, 'upsertSavedSearch', { input: { name: 'mine', filters }, payload });
    const made = await keep([{ ...FILTER, value: { any: ['a'] } }, FILTER]);
    expect(made).toMatchObject({
      created: true,
      savedSearch: {
        name: 'mine',
        filters: [
          { object: 'flow', value: { any: ['a'] } },
          { object: 'flow', value: null },
        ],
      },
    });
    const { id } = made['savedSearch'] as { readonly id: string };
    expect(await keep([])).toMatchObject({ created: false, savedSearch: { id, filters: [] } });
    expect(await data(db.ctx, `{ node(id: "${id}") { __typename id } }`)).toEqual({
      node: { __typename: 'SavedSearch', id },
    });
    await mutate(db.ctx, 'deleteSavedSearch', { input: { id } });
    expect(await data(db.ctx, `{ savedSearch(id: "${id}") { id } }`)).toEqual({
      savedSearch: null,
    });
  });

  test('they are listed by name', async () => {
    for (const name of ['b', 'a', 'c'])
      await mutate(db.ctx, 'upsertSavedSearch', { input: { name, filters: [] } });
    expect(await data(db.ctx, '{ savedSearches(first: 2) { totalCount nodes { name } } }')).toEqual(
      { savedSearches: { totalCount: 3, nodes: [{ name: 'a' }, { name: 'b' }] } },
    );
  });
});
