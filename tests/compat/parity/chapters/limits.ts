import { need } from '../call.ts';
import { LIMIT, SHORT_LIMIT, TAG_LIMIT } from '../entities.ts';
import { type Chapter, type Step, at } from '../step.ts';
import { idAs, made, many, one } from '../view.ts';

const create = (name: string): Step => ({
  rest: 'POST /v2/concurrency_limits/',
  graphql: 'createConcurrencyLimit',
  call: () => ({
    input: { name, limit: 3, active: true, slotDecayPerSecond: 0 },
    select: `concurrencyLimit { ${LIMIT.selection} deniedSlots }`,
  }),
  compare: {
    rest: (answer) => {
      const {
        denied_slots: denied,
        avg_slot_occupancy_seconds: _,
        ...limit
      } = answer as Record<string, unknown>;
      return { ...(LIMIT.ofRest(limit) as object), denied };
    },
    graphql: (answer) => {
      const limit = at(answer, 'concurrencyLimit');
      return { ...(LIMIT.ofGraphql(limit) as object), denied: at(limit, 'deniedSlots') };
    },
  },
  keep: idAs(name),
});

const NAMES = ['limit-a', 'limit-b', 'unknown'];

export const limits: Chapter = {
  name: 'concurrency limits',
  steps: [
    create('limit-a'),
    create('limit-b'),
    create('limit-spare'),
    {
      rest: 'PATCH /v2/concurrency_limits/{id_or_name}',
      graphql: 'updateConcurrencyLimit',
      call: () => ({
        path: { id_or_name: 'limit-a' },
        body: { limit: 5 },
        input: { concurrencyLimit: { name: 'limit-a' }, limit: 5 },
      }),
    },
    {
      rest: 'POST /v2/concurrency_limits/increment',
      graphql: 'acquireConcurrencySlots',
      call: () => ({
        input: { names: NAMES, slots: 2 },
        select: `limits { ${SHORT_LIMIT.selection} }`,
      }),
      compare: many(SHORT_LIMIT, 'limits'),
    },
    {
      rest: 'POST /v2/concurrency_limits/decrement',
      graphql: 'releaseConcurrencySlots',
      call: () => ({
        body: { names: NAMES, slots: 1, occupancy_seconds: 4 },
        input: { names: NAMES, slots: 1, occupancySeconds: 4 },
        select: `limits { ${SHORT_LIMIT.selection} }`,
      }),
      compare: many(SHORT_LIMIT, 'limits'),
    },
    {
      rest: 'POST /v2/concurrency_limits/increment-with-lease',
      graphql: 'acquireConcurrencyLease',
      call: (found) => {
        const id = need(found, 'run');
        return {
          body: {
            names: NAMES,
            slots: 1,
            lease_duration: 120,
            holder: { type: 'flow_run', id },
          },
          input: {
            names: NAMES,
            slots: 1,
            leaseSeconds: 120,
            holder: { type: 'FLOW_RUN', id },
          },
          select: `lease { id limits { ${SHORT_LIMIT.selection} } }`,
        };
      },
      compare: {
        rest: (answer) => ({
          id: at(answer, 'lease_id'),
          limits: many(SHORT_LIMIT).rest(at(answer, 'limits'), 200),
        }),
        graphql: (answer) => ({
          id: at(answer, 'lease.id'),
          limits: many(SHORT_LIMIT, 'lease.limits').graphql(answer),
        }),
      },
      keep: idAs('lease'),
    },
    {
      rest: 'POST /v2/concurrency_limits/leases/{lease_id}/renew',
      graphql: 'renewConcurrencyLease',
      call: (found) => {
        const id = need(found, 'lease');
        return {
          path: { lease_id: id },
          body: { lease_duration: 600 },
          input: { leaseId: id, leaseSeconds: 600 },
        };
      },
    },
    {
      rest: 'GET /v2/concurrency_limits/{id_or_name}',
      graphql: 'concurrencyLimit',
      call: (found) => {
        const id = need(found, 'limit-a');
        return { path: { id_or_name: id }, args: { by: { id } }, select: LIMIT.selection };
      },
      compare: one(LIMIT),
    },
    {
      rest: 'POST /v2/concurrency_limits/decrement-with-lease',
      graphql: 'releaseConcurrencyLease',
      call: (found) => ({
        body: { lease_id: need(found, 'lease') },
        input: { leaseId: need(found, 'lease') },
      }),
    },
    {
      rest: 'POST /v2/concurrency_limits/filter',
      graphql: 'concurrencyLimits',
      call: () => ({
        body: { limit: 10 },
        args: { first: 10 },
        select: `nodes { ${LIMIT.selection} }`,
      }),
      compare: many(LIMIT),
    },
    {
      rest: 'DELETE /v2/concurrency_limits/{id_or_name}',
      graphql: 'deleteConcurrencyLimit',
      call: () => ({
        path: { id_or_name: 'limit-spare' },
        input: { concurrencyLimit: { name: 'limit-spare' } },
      }),
    },
  ],
};

const put = (tag: string, limit: number): Step => ({
  rest: 'POST /concurrency_limits/',
  graphql: 'createTaskConcurrencyLimit',
  call: () => ({
    body: { tag, concurrency_limit: limit },
    input: { tag, limit },
    select: `created taskConcurrencyLimit { ${TAG_LIMIT.selection} }`,
  }),
  compare: made(TAG_LIMIT, 'taskConcurrencyLimit'),
  keep: idAs(tag, 'entity.id'),
});

const slots = (
  rest: string,
  graphql: string,
): Pick<Step, 'rest' | 'graphql' | 'call' | 'compare'> => ({
  rest,
  graphql,
  call: (found) => ({
    body: { names: ['tag-a', 'tag-none'], task_run_id: need(found, 'load') },
    input: { tags: ['tag-a', 'tag-none'], taskRunId: need(found, 'load') },
    select: 'limits { id limit }',
  }),
  compare: {
    // The two answers of REST do not call the limit the same.
    rest: (answer) =>
      (answer as readonly unknown[]).map((limit) => [at(limit, 'id'), at(limit, 'limit')]),
    graphql: (answer) =>
      (at(answer, 'limits') as readonly unknown[]).map((limit) => [
        at(limit, 'id'),
        at(limit, 'limit'),
      ]),
  },
});

export const tagLimits: Chapter = {
  name: 'limits of tags',
  steps: [
    put('tag-a', 3),
    put('tag-a', 2),
    put('tag-b', 1),
    slots('POST /concurrency_limits/increment', 'incrementTaskConcurrencyLimits'),
    {
      rest: 'GET /concurrency_limits/{id}',
      graphql: 'taskConcurrencyLimit',
      call: (found) => {
        const id = need(found, 'tag-a');
        return { path: { id }, args: { by: { id } }, select: TAG_LIMIT.selection };
      },
      compare: one(TAG_LIMIT),
    },
    {
      rest: 'GET /concurrency_limits/tag/{tag}',
      graphql: 'taskConcurrencyLimit',
      call: () => ({
        path: { tag: 'tag-b' },
        args: { by: { tag: 'tag-b' } },
        select: TAG_LIMIT.selection,
      }),
      compare: one(TAG_LIMIT),
    },
    {
      rest: 'POST /concurrency_limits/filter',
      graphql: 'taskConcurrencyLimits',
      call: () => ({
        body: { limit: 10 },
        args: { first: 10 },
        select: `nodes { ${TAG_LIMIT.selection} }`,
      }),
      compare: many(TAG_LIMIT),
    },
    slots('POST /concurrency_limits/decrement', 'decrementTaskConcurrencyLimits'),
    {
      rest: 'POST /concurrency_limits/tag/{tag}/reset',
      graphql: 'resetTaskConcurrencyLimit',
      call: (found) => ({
        path: { tag: 'tag-a' },
        body: { slot_override: [need(found, 'extract')] },
        input: { tag: 'tag-a', slotOverride: [need(found, 'extract')] },
      }),
    },
    {
      rest: 'DELETE /concurrency_limits/{id}',
      graphql: 'deleteTaskConcurrencyLimit',
      call: (found) => {
        const id = need(found, 'tag-a');
        return { path: { id }, input: { taskConcurrencyLimit: { id } } };
      },
    },
    {
      rest: 'DELETE /concurrency_limits/tag/{tag}',
      graphql: 'deleteTaskConcurrencyLimit',
      call: () => ({
        path: { tag: 'tag-b' },
        input: { taskConcurrencyLimit: { tag: 'tag-b' } },
      }),
    },
  ],
};
