import { expect, test } from 'vitest';

import type { Context } from '#server/context.ts';
import { rows, run } from '#server/db/script.ts';
import { ROLLUP_MICROS } from '#server/db/sql/run-rollup.ts';
import { statement } from '#server/db/statement.ts';
import type { FlowRunFilter } from '#server/queries/filter-types.ts';
import { countFlowRuns } from '#server/queries/flow-run/filter-flow-runs.ts';
import { selectFlowRuns } from '#server/queries/flow-run/flow-run-selection.ts';
import { type HistoryWindow, runHistory } from '#server/queries/run-history.ts';
import { createRollupGatherer } from '#server/services/rollup-gatherer.ts';
import { micros, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const STATES = [
  ['COMPLETED', 'Completed'],
  ['FAILED', 'Failed'],
  ['SCHEDULED', 'Late'],
  ['RUNNING', 'Running'],
  ['PENDING', 'Pending'],
] as const;

const insertFlow = statement<[]>(
  `INSERT INTO flow (id, created, updated, name, tags) VALUES ('f', 1, 1, 'flow', '[]')`,
);

const insertRun = statement<
  [
    id: string,
    type: string,
    name: string,
    timestamp: number,
    expected: number,
    start: number | null,
    total: number,
  ]
>(
  `INSERT INTO flow_run (id, created, updated, name, flow_id, parameters, context, empirical_policy, tags,
     auto_scheduled, state_type, state_name, state_timestamp, run_count, expected_start_time, start_time, total_run_time)
   VALUES (?, 1, 1, 'run', 'f', '{}', '{}', '{}', '["a", "b"]', FALSE, ?, ?, ?, 0, ?, ?, ?)`,
);

const HOUR = 6 * ROLLUP_MICROS;

/** Runs spread over ten hours around the present, in all states. */
const writeRuns = (ctx: Context, now: number): Promise<void> =>
  ctx.db.write(function* () {
    yield* run(insertFlow());
    for (let index = 0; index < 200; index += 1) {
      const [type, name] = STATES[index % STATES.length] ?? STATES[0];
      const expected = now - 8 * HOUR + index * 173_000_017;
      const start = index % 3 === 0 ? null : expected + ((index % 7) - 2) * 1_000_000;
      const since = Math.min(expected + 5, now - 1_000_000);
      yield* run(insertRun(`r${index}`, type, name, since, expected, start, index * 1000));
    }
  });

const change = statement<[]>(
  `UPDATE flow_run SET state_type = 'COMPLETED', state_name = 'Completed', total_run_time = 77 WHERE id LIKE 'r1%'`,
);
const remove = statement<[]>(`DELETE FROM flow_run WHERE id LIKE 'r12%'`);
const removeFlow = statement<[]>('DELETE FROM flow');
const remaining = statement<[], { readonly runs: number }>('SELECT runs FROM run_rollup');
const tags = statement<[], { readonly tag: string }>('SELECT tag FROM flow_run_tag');

const flat = async (ctx: Context, filter: FlowRunFilter, window: HistoryWindow, isRaw: boolean) => {
  const selected = selectFlowRuns(ctx, filter);
  const { table, where } = selected;
  const buckets = await runHistory(ctx, isRaw ? { table, where } : selected, window);
  return buckets.map(({ start, states }) => ({
    start,
    states: states
      .map((state) => ({
        ...state,
        // The two readings see different presents.
        sumEstimatedRunTimeSeconds: Math.round(state.sumEstimatedRunTimeSeconds / 600),
        sumEstimatedLatenessSeconds: Math.round(state.sumEstimatedLatenessSeconds / 600),
      }))
      .toSorted((left, right) => String(left.name).localeCompare(String(right.name))),
  }));
};

const FILTERS: readonly FlowRunFilter[] = [
  {},
  { state: { type: { in: ['COMPLETED', 'FAILED'] } } },
  { state: { name: { in: ['Late'] } } },
  { state: { type: { in: [] } } },
];

describeEachDatabase('counts of flow runs by state', (db) => {
  const expectSame = async (now: number): Promise<void> => {
    const { ctx } = db;
    for (const filter of FILTERS) {
      for (const offset of [0, 1_234_567, -ROLLUP_MICROS / 2]) {
        const window = {
          start: micros(Math.floor(now / HOUR) * HOUR - 9 * HOUR + offset),
          end: micros(now + 2 * HOUR),
          intervalSeconds: 3600,
        };
        expect(await flat(ctx, filter, window, false)).toEqual(
          await flat(ctx, filter, window, true),
        );
      }
    }
  };

  test('tell the same history as the runs, whatever was written since', async () => {
    const { ctx } = db;
    const now = nowMicros();
    await writeRuns(ctx, now);
    await expectSame(now);
    await ctx.db.write(() => run(change()));
    await ctx.db.write(() => run(remove()));
    await expectSame(now);
    expect(await countFlowRuns(ctx, { filter: {} })).toBe(189);
    expect((await createRollupGatherer().runOnce(ctx))['spans']).toBeGreaterThan(20);
    await expectSame(now);
    expect(await countFlowRuns(ctx, { filter: {} })).toBe(189);
    expect(await countFlowRuns(ctx, { filter: {}, cap: 50 })).toBe(51);
    expect(await countFlowRuns(ctx, { filter: { state: { name: { in: ['Late'] } } } })).toBe(18);
  });

  test('come to nothing when the runs go with their flow', async () => {
    const { ctx } = db;
    await ctx.db.write(() => run(removeFlow()));
    expect(await countFlowRuns(ctx, { filter: {} })).toBe(0);
    await createRollupGatherer().runOnce(ctx);
    expect(await ctx.db.read(() => rows(remaining()))).toEqual([]);
    expect(await ctx.db.read(() => rows(tags()))).toEqual([]);
  });
});
