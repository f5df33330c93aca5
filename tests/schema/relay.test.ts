import { assertInterfaceType, getNamedType, isNonNullType, isObjectType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';

import { schema } from '#schema/index.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { buildFamilies } from './support/families.ts';
import { mutate } from './support/mutate.ts';
import { ask, data } from './support/operations.ts';

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: NodeShape }[];
  readonly nodes: readonly NodeShape[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

interface NodeShape {
  readonly __typename: string;
  readonly id: string;
}

/** Every list that can be asked for by itself, with what it cannot be asked without. */
const LISTS = Object.values(schema.getQueryType()?.getFields() ?? {})
  .filter(({ type }) => getNamedType(type).name.endsWith('Connection'))
  .map(({ name, args }) => ({
    name,
    needs: args.filter(({ type }) => isNonNullType(type)).map((argument) => `${argument.name}: {}`),
  }));

const NODE = '__typename ... on Node { id }';

const NODE_TYPES = schema
  .getPossibleTypes(assertInterfaceType(schema.getType('Node')))
  .map(({ name }) => name)
  .toSorted();

/** Nodes that no list of the root has, by way of those that lead to them. */
const ELSEWHERE = `{
  flowRuns { nodes { states(first: 1) { nodes { ${NODE} } } inputs(first: 1) { nodes { ${NODE} } } } }
  deployments { nodes { schedules { ${NODE} } } }
  workPools { nodes { workers(first: 1) { nodes { ${NODE} } } } }
  concurrencyLimits { nodes { leases(first: 1) { nodes { ${NODE} } } } }
}`;

const isNode = (value: object): value is NodeShape => '__typename' in value && 'id' in value;

const nodesIn = (value: unknown): readonly NodeShape[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...(isNode(value) ? [value] : []), ...Object.values(value).flatMap(nodesIn)];
};

const KINDS_OF_ARTIFACT = ['table', 'link', 'progress', 'image', 'other'];

describeEachDatabase('Lists and nodes, whatever they are of', (db) => {
  beforeAll(async () => {
    await buildFamilies(db.ctx);
    for (const type of KINDS_OF_ARTIFACT)
      await mutate(db.ctx, 'createArtifact', { input: { key: type, type, data: [] } });
    for (const name of ['late', 'mine', 'old'])
      await mutate(db.ctx, 'upsertSavedSearch', { input: { name, filters: [] } });
    for (const name of ['one', 'two', 'three'])
      await mutate(db.ctx, 'createVariable', { input: { name, value: 1 } });
  });

  const queryOf = (name: string, args: string): string =>
    `{ ${name}(${args}) { edges { cursor node { ${NODE} } } nodes { ${NODE} }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

  const listOf = (name: string) => {
    const { needs = [] } = LISTS.find((list) => list.name === name) ?? {};
    return async (args: string): Promise<Page> =>
      // A connection answers a page.
      (await data(db.ctx, queryOf(name, [...needs, args].join(', '))))[name] as Page;
  };

  test('there are lists to be tested', () => {
    expect(LISTS.length).toBeGreaterThan(17);
  });

  test.each(LISTS)('$name refuses pages that make no sense', async ({ name, needs }) => {
    const foreign = name === 'flows' ? 'workPools' : 'flows';
    const { pageInfo } = await listOf(foreign)('first: 1');
    const codes = [];
    for (const args of [
      'first: 201',
      'last: -1',
      'first: 1, last: 1',
      'after: "garbage"',
      `after: "${pageInfo.endCursor}"`,
    ]) {
      const { body } = await ask(db.ctx, queryOf(name, [...needs, args].join(', ')));
      codes.push(body.errors?.[0]?.extensions?.['code']);
    }
    expect(codes).toEqual([
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'BAD_USER_INPUT',
      'CURSOR_INVALID',
      'CURSOR_INVALID',
    ]);
  });

  test.each(LISTS)('$name is the same page by page, from either end', async ({ name }) => {
    const page = listOf(name);
    const whole = await page('first: 200');
    const ids = whole.nodes.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(2);
    expect(whole.edges.map(({ node }) => node.id)).toEqual(ids);
    const step = Math.ceil(ids.length / 3);
    const forward: string[] = [];
    for (let after = ''; ;) {
      const { nodes, pageInfo, edges } = await page(`first: ${step}${after}`);
      forward.push(...nodes.map(({ id }) => id));
      expect([edges.at(0)?.cursor, edges.at(-1)?.cursor]).toEqual([
        pageInfo.startCursor,
        pageInfo.endCursor,
      ]);
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(forward).toEqual(ids);
    const backward: string[] = [];
    for (let before = ''; ;) {
      const { nodes, pageInfo } = await page(`last: ${step}${before}`);
      backward.unshift(...nodes.map(({ id }) => id));
      if (!pageInfo.hasPreviousPage) break;
      before = `, before: "${pageInfo.startCursor}"`;
    }
    expect(backward).toEqual(ids);
  });

  test('every kind of node is found again by its id', async () => {
    const pages = [];
    for (const { name } of LISTS) pages.push(await listOf(name)('first: 200'));
    const found = [...nodesIn(pages), ...nodesIn(await data(db.ctx, ELSEWHERE))];
    // The event of a state has its id, and limits on tags are concurrency limits by another name.
    const told = found.filter(({ __typename }) => __typename !== 'TaskConcurrencyLimit');
    const states = new Set(told.filter(({ __typename: is }) => is === 'State').map(({ id }) => id));
    const own = told.filter(({ __typename: is, id }) => is !== 'Event' || !states.has(id));
    const samples = [...Map.groupBy(own, ({ __typename }) => __typename).values()].flatMap(
      (nodes) => nodes.slice(0, 2),
    );
    const answer = await data(
      db.ctx,
      `query Find($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`,
      { ids: samples.map(({ id }) => id) },
    );
    expect(answer['nodes']).toEqual(samples.map(({ __typename, id }) => ({ __typename, id })));
    expect([...new Set(found.map(({ __typename }) => __typename))].toSorted()).toEqual(NODE_TYPES);
  });

  test('every list has a type for its pages as Relay wants it', () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || !type.name.endsWith('Connection')) continue;
      expect(Object.keys(type.getFields()).toSorted()).toEqual([
        'edges',
        'nodes',
        'pageInfo',
        'totalCount',
      ]);
    }
  });
});
