import { describe, expect, test } from 'vitest';

import { freeExpiredLeases } from '#server/commands/concurrency-limit/slots.ts';
import { run } from '#server/db/script.ts';
import { renewLease } from '#server/db/sql/concurrency-lease.ts';
import { newId } from '#server/ids.ts';
import { micros } from '#server/time.ts';
import { insertFlow, insertFlowRun, insertTaskRun } from '#tests/server/queries/rows.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { data, follow } from './support/operations.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const REACHED = '... on LimitReachedError { limits { name } retryAfterSeconds }';

describeEachDatabase(
  'Concurrency limits in GraphQL',
  (db) => {
    const create = async (name: string, limit: number, more: object = {}): Promise<string> => {
      const made = await mutate(db.ctx, 'createConcurrencyLimit', {
        input: { name, limit, ...more },
        payload: 'concurrencyLimit { id }',
      });
      return (made['concurrencyLimit'] as { id: string }).id;
    };

    const lease = async (names: readonly string[], more: object = {}): Promise<string> => {
      const taken = await mutate(db.ctx, 'acquireConcurrencyLease', {
        input: { names, slots: 1, leaseSeconds: 60, ...more },
        payload: 'lease { id }',
      });
      return (taken['lease'] as { id: string }).id;
    };

    const activeSlots = async (name: string): Promise<unknown> => {
      const { concurrencyLimit } = await data(
        db.ctx,
        'query Read($name: String!) { concurrencyLimit(by: { name: $name }) { activeSlots } }',
        { name },
      );
      return (concurrencyLimit as { activeSlots: number }).activeSlots;
    };

    test.each([
      ['createConcurrencyLimit', { name: 'a/b', limit: 1 }, 'InvalidInputError'],
      ['createConcurrencyLimit', { name: 'less', limit: -1 }, 'InvalidInputError'],
      ['updateConcurrencyLimit', { concurrencyLimit: { name: 'no' }, limit: 1 }, 'NotFoundError'],
      [
        'updateConcurrencyLimit',
        { concurrencyLimit: { name: 'no' }, slotDecayPerSecond: -0.5 },
        'InvalidInputError',
      ],
      ['deleteConcurrencyLimit', { concurrencyLimit: { id: UNKNOWN } }, 'NotFoundError'],
      ['acquireConcurrencySlots', { names: [], slots: 1 }, 'InvalidInputError'],
      ['acquireConcurrencySlots', { names: ['a'], slots: 0 }, 'InvalidInputError'],
      [
        'acquireConcurrencyLease',
        { names: ['a'], slots: 1, leaseSeconds: 59 },
        'InvalidInputError',
      ],
      [
        'releaseConcurrencySlots',
        { names: ['a'], slots: 1, occupancySeconds: 0 },
        'InvalidInputError',
      ],
      ['renewConcurrencyLease', { leaseId: UNKNOWN, leaseSeconds: 60 }, 'LeaseExpiredError'],
      ['releaseConcurrencyLease', { leaseId: UNKNOWN }, 'LeaseExpiredError'],
      ['createTaskConcurrencyLimit', { tag: 'less', limit: -1 }, 'InvalidInputError'],
      ['deleteTaskConcurrencyLimit', { taskConcurrencyLimit: { tag: 'no' } }, 'NotFoundError'],
      ['resetTaskConcurrencyLimit', { tag: 'no' }, 'NotFoundError'],
    ])('%s of %j is refused with %s', async (name, input, typename) => {
      expect(await mutate(db.ctx, name, { input })).toMatchObject({
        __typename: typename,
        message: expect.any(String),
      });
    });

    test('a name is taken once', async () => {
      await create('once', 1);
      const again = await mutate(db.ctx, 'createConcurrencyLimit', {
        input: { name: 'once', limit: 2 },
      });
      expect(again).toMatchObject({
        __typename: 'AlreadyExistsError',
        code: 'ALREADY_EXISTS',
        message: 'Something with this name or key is there already.',
      });
    });

    test('a full limit is named with the time to come back, and none of the others is taken', async () => {
      await create('full', 1);
      await create('free', 1);
      await lease(['full']);
      const refused = await mutate(db.ctx, 'acquireConcurrencySlots', {
        input: { names: ['free', 'full'], slots: 1 },
        refusals: REACHED,
      });
      expect(refused).toMatchObject({
        __typename: 'LimitReachedError',
        code: 'LIMIT_REACHED',
        limits: [{ name: 'full' }],
        retryAfterSeconds: expect.any(Number),
      });
      expect(await activeSlots('free')).toBe(0);
    });

    test('slots are taken and given back', async () => {
      await create('slots', 2);
      const names = ['slots', 'unknown'];
      expect(
        await mutate(db.ctx, 'acquireConcurrencySlots', {
          input: { names, slots: 2 },
          payload: 'limits { name activeSlots }',
        }),
      ).toMatchObject({ limits: [{ name: 'slots', activeSlots: 2 }] });
      expect(
        await mutate(db.ctx, 'releaseConcurrencySlots', {
          input: { names, slots: 1, occupancySeconds: 9 },
          payload: 'limits { activeSlots avgSlotOccupancySeconds }',
        }),
      ).toMatchObject({
        limits: [{ activeSlots: 1, avgSlotOccupancySeconds: expect.any(Number) }],
      });
    });

    test('slots of a limit of rate free themselves, and only such a limit rations', async () => {
      await create('rate', 5, { activeSlots: 5, slotDecayPerSecond: 1_000_000 });
      await expect.poll(() => activeSlots('rate')).toBe(0);
      await create('lasting', 5);
      const refused = await mutate(db.ctx, 'acquireConcurrencySlots', {
        input: { names: ['rate', 'lasting'], slots: 1, mode: 'RATE_LIMIT' },
      });
      expect(refused).toMatchObject({
        __typename: 'InvalidInputError',
        message: expect.stringContaining("'lasting'"),
      });
    });

    test('a lease shows what it holds and by whom, is renewed and given back once', async () => {
      const flowId = await insertFlow(db.ctx, { name: 'holding' });
      const flowRunId = await insertFlowRun(db.ctx, { flowId, name: 'holder' });
      await create('left', 1);
      await create('right', 1);
      const id = await lease(['left', 'right'], { holder: { type: 'FLOW_RUN', id: flowRunId } });
      const read = await data(
        db.ctx,
        `{ concurrencyLimit(by: { name: "left" }) { leases { totalCount nodes {
        id slots expiresAt holderType limits { name } holder { __typename ... on FlowRun { name } }
      } } } node(id: "${id}") { __typename } }`,
      );
      expect(read).toEqual({
        concurrencyLimit: {
          leases: {
            totalCount: 1,
            nodes: [
              {
                id,
                slots: 1,
                expiresAt: expect.any(String),
                holderType: 'FLOW_RUN',
                limits: expect.arrayContaining([{ name: 'left' }, { name: 'right' }]),
                holder: { __typename: 'FlowRun', name: 'holder' },
              },
            ],
          },
        },
        node: { __typename: 'ConcurrencyLease' },
      });
      expect(
        await mutate(db.ctx, 'renewConcurrencyLease', {
          input: { leaseId: id, leaseSeconds: 3600 },
          payload: 'lease { id }',
        }),
      ).toMatchObject({ lease: { id } });
      const release = () =>
        mutate(db.ctx, 'releaseConcurrencyLease', {
          input: { leaseId: id },
          payload: 'releasedLeaseId',
          refusals: '... on LeaseExpiredError { leaseId }',
        });
      expect(await release()).toMatchObject({ releasedLeaseId: id });
      expect(await release()).toMatchObject({ __typename: 'LeaseExpiredError', leaseId: id });
      expect([await activeSlots('left'), await activeSlots('right')]).toEqual([0, 0]);
    });

    describe('a limit that is switched', () => {
      const setActive = (name: string, active: boolean) =>
        mutate(db.ctx, 'updateConcurrencyLimit', {
          input: { concurrencyLimit: { name }, active },
          payload: 'concurrencyLimit { active }',
        });

      test('off gets back what was taken of it before', async () => {
        await create('switched-off', 1);
        const leaseId = await lease(['switched-off']);
        expect(await setActive('switched-off', false)).toMatchObject({
          concurrencyLimit: { active: false },
        });
        await mutate(db.ctx, 'releaseConcurrencyLease', { input: { leaseId } });
        expect(await activeSlots('switched-off')).toBe(0);
      });

      test('on gets nothing back of what it never gave', async () => {
        await create('switched-on', 2, { active: false });
        const leaseId = await lease(['switched-on']);
        await setActive('switched-on', true);
        await lease(['switched-on']);
        await mutate(db.ctx, 'releaseConcurrencyLease', { input: { leaseId } });
        expect(await activeSlots('switched-on')).toBe(1);
      });
    });

    test('a limit is followed while its slots are taken, given back by time, and when it goes', async () => {
      const id = await create('followed', 2);
      const follower = await follow(
        db.ctx,
        `subscription { concurrencyLimit(by: { id: "${id}" }) { kind concurrencyLimit { activeSlots } } }`,
      );
      const next = async () => (await follower.next())['concurrencyLimit'];
      expect(await next()).toEqual({ kind: 'SNAPSHOT', concurrencyLimit: { activeSlots: 0 } });
      const leaseId = await lease(['followed']);
      expect(await next()).toEqual({ kind: 'UPDATED', concurrencyLimit: { activeSlots: 1 } });
      await db.ctx.db.write(() => run(renewLease(micros(1), leaseId)));
      await freeExpiredLeases(db.ctx);
      expect(await next()).toEqual({ kind: 'UPDATED', concurrencyLimit: { activeSlots: 0 } });
      await mutate(db.ctx, 'deleteConcurrencyLimit', { input: { concurrencyLimit: { id } } });
      expect(await next()).toEqual({ kind: 'DELETED', concurrencyLimit: null });
      await follower.stop();
    });

    describe('of tags', () => {
      const increment = (tags: readonly string[], taskRunId: string) =>
        mutate(db.ctx, 'incrementTaskConcurrencyLimits', {
          input: { tags, taskRunId },
          payload: 'limits { tag activeTaskRunIds }',
          refusals: REACHED,
        });

      const put = (tag: string, limit: number) =>
        mutate(db.ctx, 'createTaskConcurrencyLimit', {
          input: { tag, limit },
          payload: 'created taskConcurrencyLimit { tag limit }',
        });

      test('a limit of zero never gives a slot', async () => {
        await put('closed', 0);
        expect(await increment(['closed'], newId())).toMatchObject({
          __typename: 'LimitReachedError',
          limits: [{ name: 'tag:closed' }],
          retryAfterSeconds: null,
        });
      });

      test('task runs hold slots until they give them back', async () => {
        const flowId = await insertFlow(db.ctx, { name: 'tagged' });
        const flowRunId = await insertFlowRun(db.ctx, { flowId, name: 'of-tagged' });
        const taskRunId = await insertTaskRun(db.ctx, { flowRunId, name: 'slow' });
        expect(await put('db', 5)).toMatchObject({ created: true });
        expect(await put('db', 1)).toEqual({
          __typename: 'CreateTaskConcurrencyLimitPayload',
          created: false,
          taskConcurrencyLimit: { tag: 'db', limit: 1 },
        });
        expect(await increment(['db', 'unlimited'], taskRunId)).toMatchObject({
          limits: [{ tag: 'db', activeTaskRunIds: [taskRunId] }],
        });
        expect(await increment(['db'], newId())).toMatchObject({
          __typename: 'LimitReachedError',
          retryAfterSeconds: expect.any(Number),
        });
        const read = '{ taskConcurrencyLimit(by: { tag: "db" }) { activeTaskRuns { name } } }';
        expect(await data(db.ctx, read)).toEqual({
          taskConcurrencyLimit: { activeTaskRuns: [{ name: 'slow' }] },
        });
        await mutate(db.ctx, 'decrementTaskConcurrencyLimits', {
          input: { tags: ['db'], taskRunId },
        });
        expect(await data(db.ctx, read)).toEqual({ taskConcurrencyLimit: { activeTaskRuns: [] } });
      });

      test('a reset gives back what its holders hold of other tags, too', async () => {
        await put('one', 1);
        await put('two', 1);
        await increment(['one', 'two'], newId());
        const other = newId();
        expect(
          await mutate(db.ctx, 'resetTaskConcurrencyLimit', {
            input: { tag: 'one', slotOverride: [other] },
            payload: 'taskConcurrencyLimit { activeTaskRunIds }',
          }),
        ).toMatchObject({ taskConcurrencyLimit: { activeTaskRunIds: [other] } });
        expect([await activeSlots('tag:one'), await activeSlots('tag:two')]).toEqual([1, 0]);
      });

      test('only limits of tags are listed, by tag', async () => {
        const { taskConcurrencyLimits } = await data(
          db.ctx,
          '{ taskConcurrencyLimits(first: 3) { nodes { tag } } }',
        );
        expect(taskConcurrencyLimits).toEqual({
          nodes: [{ tag: 'closed' }, { tag: 'db' }, { tag: 'one' }],
        });
      });
    });
  },
  { concurrency: { slotHoldSeconds: 0 } },
);
