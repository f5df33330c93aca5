import { beforeAll, expect, test } from 'vitest';

import {
  at,
  insertFlow,
  insertFlowRun,
  insertLog,
  insertTaskRun,
} from '#tests/server/queries/rows.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { ask, data } from './support/operations.ts';

const RUNS = `query Runs($first: Int, $after: String, $last: Int, $before: String, $orderBy: [FlowRunOrder!]) {
  flowRuns(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    nodes { name }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Page {
  readonly flowRuns: {
    readonly nodes: readonly { readonly name: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

describeEachDatabase('Connections', (db) => {
  beforeAll(async () => {
    const flowId = await insertFlow(db.ctx, { name: 'flow' });
    await insertFlow(db.ctx, { name: 'other' });
    for (let index = 0; index < 7; index += 1) {
      const flowRunId = await insertFlowRun(db.ctx, {
        flowId,
        name: `run-${index}`,
        // Two at a time are expected at the same instant, so that the id must break ties.
        expected: at(Math.floor(index / 2)),
        state: {
          type: index < 4 ? 'COMPLETED' : 'RUNNING',
          name: index < 4 ? 'Completed' : 'Running',
        },
        ...(index < 4 ? { end: at(100 + index) } : {}),
        start: at(index),
      });
      for (let task = 0; task <= index; task += 1)
        await insertTaskRun(db.ctx, { flowRunId, name: `task-${task}` });
      await insertLog(db.ctx, { flowRunId, message: `from run-${index}` });
    }
  });

  const page = async (variables: Record<string, unknown>): Promise<Page['flowRuns']> =>
    ((await data(db.ctx, RUNS, variables)) as unknown as Page).flowRuns;

  test.each([
    [{ first: 201 }, 'BAD_USER_INPUT'],
    [{ first: -1 }, 'BAD_USER_INPUT'],
    [{ first: 1, last: 1 }, 'BAD_USER_INPUT'],
    [{ first: 1, after: 'garbage' }, 'CURSOR_INVALID'],
    [
      { first: 1, after: Buffer.from('["Flow,NAME.ASC",1,"x"]').toString('base64url') },
      'CURSOR_INVALID',
    ],
  ])('%j is refused with %s', async (variables, code) => {
    const { body } = await ask(db.ctx, RUNS, variables);
    expect(body.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
  });

  test('a cursor of another order is refused', async () => {
    const { pageInfo } = await page({ first: 1, orderBy: [{ field: 'NAME' }] });
    const { body } = await ask(db.ctx, RUNS, { first: 1, after: pageInfo.endCursor });
    expect(body.errors?.[0]?.extensions?.['code']).toBe('CURSOR_INVALID');
  });

  test.each([
    [[{ field: 'EXPECTED_START_TIME', direction: 'DESC' }]],
    [[{ field: 'EXPECTED_START_TIME', direction: 'ASC' }]],
    // Three runs have no end, wherever the database puts them.
    [[{ field: 'END_TIME', direction: 'DESC' }]],
    [[{ field: 'END_TIME', direction: 'ASC' }]],
    [
      [
        { field: 'START_TIME', direction: 'DESC' },
        { field: 'NAME', direction: 'ASC' },
      ],
    ],
    [[{ field: 'ID', direction: 'ASC' }]],
  ])('walking %j page by page, forward or backward, gives the list', async (orderBy) => {
    const whole = (await page({ first: 50, orderBy })).nodes.map(({ name }) => name);
    expect(whole).toHaveLength(7);
    const forward: string[] = [];
    for (let after: string | null = null; ;) {
      const { nodes, pageInfo } = await page({ first: 2, after, orderBy });
      forward.push(...nodes.map(({ name }) => name));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(forward).toEqual(whole);
    const backward: string[] = [];
    for (let before: string | null = null; ;) {
      const { nodes, pageInfo } = await page({ last: 3, before, orderBy });
      backward.unshift(...nodes.map(({ name }) => name));
      if (!pageInfo.hasPreviousPage) break;
      before = pageInfo.startCursor;
    }
    expect(backward).toEqual(whole);
  });

  test('a page of nothing is empty and has no cursors', async () => {
    expect(await page({ first: 0 })).toEqual({
      nodes: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('a count stops one past its cap', async () => {
    const counts = await data(
      db.ctx,
      '{ flowRuns { totalCount(cap: 3) all: totalCount(cap: null) } }',
    );
    expect(counts).toMatchInlineSnapshot(`
      {
        "flowRuns": {
          "all": 7,
          "totalCount": 4,
        },
      }
    `);
  });
});
