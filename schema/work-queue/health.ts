import { type Micros, micros, nowMicros, secondsBetween } from '#server/time.ts';

import { builder } from '../builder.ts';
import { countFlowRunsOf } from '../shared/active-slots.ts';

const MAX_LATE_RUNS = 0;
const MAX_SECONDS_SINCE_LAST_POLLED = 60;

interface HealthShape {
  readonly id: string;
  readonly lastPolled: bigint | null;
}

const late = (id: string) => ({
  workQueue: { id: { in: [id] } },
  state: { name: { in: ['Late'] } },
});

const isPolled = (lastPolled: bigint | null, now: Micros): boolean =>
  lastPolled !== null && secondsBetween(micros(lastPolled), now) <= MAX_SECONDS_SINCE_LAST_POLLED;

export const WorkQueueHealth = builder.objectRef<HealthShape>('WorkQueueHealth').implement({
  description: 'Whether the runs of a work queue are taken in time.',
  fields: (t) => ({
    healthy: t.boolean({
      description: 'Whether somebody asks for its runs and none is late.',
      resolve: async ({ id, lastPolled }, _args, ctx, info) =>
        (await countFlowRunsOf(ctx, info, late(id))) <= MAX_LATE_RUNS &&
        isPolled(lastPolled, nowMicros()),
    }),
    lateRunsCount: t.int({
      description: 'How many of its runs are late.',
      resolve: ({ id }, _args, ctx, info) => countFlowRunsOf(ctx, info, late(id)),
    }),
    lastPolled: t.expose('lastPolled', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody last asked for its runs.',
    }),
    maximumLateRuns: t.int({
      nullable: true,
      description: 'How many late runs a healthy queue may have.',
      resolve: () => MAX_LATE_RUNS,
    }),
    maximumSecondsSinceLastPolled: t.int({
      nullable: true,
      description: 'Within how long somebody asks for the runs of a healthy queue.',
      resolve: () => MAX_SECONDS_SINCE_LAST_POLLED,
    }),
  }),
});
