import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { FlowRunRow, TaskRunRow } from '#prisma/tables.ts';
import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import { openDatabase } from '#server/db/open.ts';
import { one, rows } from '#server/db/script.ts';
import type { JsonObject } from '#server/json.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import type { Transition } from '#server/orchestration/transition.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow, readEvents } from '#tests/support/orchestration.ts';

import { proposalOf, recordedTransitions } from './recorded-transitions.ts';

const CLIENTS = 8;
const HISTORIES = 25;

const KINDS = ['flow_run', 'task_run'] as const;

type Kind = (typeof KINDS)[number];

interface Stored {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** A state as rules tell them apart: what a running one is called says only for the how manieth time it is. */
const written = ({ type, name }: Omit<Stored, 'id'>): string =>
  type === 'RUNNING' ? type : `${type} ${name}`;

const LABELS = [...new Set(recordedTransitions.map(({ from }) => from))];

/** For each state the states that the table of verdicts lets follow it, whatever was proposed. */
const successors = (kind: Kind): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const { run, from, force, state } of recordedTransitions) {
    if (run !== kind || force) continue;
    const before = written(proposalOf(from));
    found.set(before, (found.get(before) ?? new Set()).add(written(state)));
  }
  return found;
};

const SUCCESSORS = { flow_run: successors('flow_run'), task_run: successors('task_run') };

interface Run {
  readonly id: string;
  /** Proposes a state through one of the servers. */
  propose(ctx: Context, proposed: ProposedState, force?: boolean): Promise<Transition<Row>>;
}

type Row = FlowRunRow | TaskRunRow;

const makeRun = async (ctx: Context, kind: Kind, first: string): Promise<Run> => {
  const flow = await insertFlow(ctx);
  const { flowRun } = await createFlowRun(ctx, {
    flowId: flow.id,
    state: proposalOf(kind === 'flow_run' ? first : 'Running'),
  });
  if (kind === 'flow_run') {
    const { id: flowRunId } = flowRun;
    return {
      id: flowRunId,
      propose: (server, proposed, force = false) =>
        setFlowRunState(server, { flowRunId, proposed, force }),
    };
  }
  const { taskRun } = await createTaskRun(ctx, {
    flowRunId: flowRun.id,
    taskKey: 'task',
    dynamicKey: '0',
    state: proposalOf(first),
  });
  const { id: taskRunId } = taskRun;
  return {
    id: taskRunId,
    propose: (server, proposed, force = false) =>
      setTaskRunState(server, { taskRunId, proposed, force }),
  };
};

const readHistory = (ctx: Context, kind: Kind, runId: string): Promise<readonly Stored[]> => {
  const { builder } = ctx.db;
  const ofFlowRun = builder
    .selectFrom('flowRunState')
    .select(['id', 'type', 'name'])
    .where('flowRunId', '=', runId)
    .orderBy('timestamp');
  const ofTaskRun = builder
    .selectFrom('taskRunState')
    .select(['id', 'type', 'name'])
    .where('taskRunId', '=', runId)
    .orderBy('timestamp');
  return ctx.db.read(() => (kind === 'flow_run' ? rows(ofFlowRun) : rows(ofTaskRun)));
};

const plans = fc.record({
  first: fc.constantFrom(...LABELS),
  proposals: fc.array(fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }), {
    minLength: CLIENTS,
    maxLength: CLIENTS,
  }),
});

/** A proposal that only one of several may win: a task is submitted once where workers do it. */
const submission = (kind: Kind): ProposedState => {
  const pending = proposalOf('Pending');
  const details: JsonObject = kind === 'flow_run' ? {} : { deferred: true };
  return { ...pending, details };
};

describeEachDatabase('proposals of many clients at once', (db) => {
  let other: Context['db'] | undefined;
  beforeAll(async () => {
    // SQLite is served by one process alone.
    if (db.kind === 'postgresql') other = await openDatabase(db.ctx.settings, db.ctx.log);
  });
  afterAll(() => other?.close());

  /** Every second client speaks to another server of the same database, where there may be one. */
  const serverOf = (client: number): Context =>
    other === undefined || client % 2 === 0 ? db.ctx : { ...db.ctx, db: other };

  const play = async (
    kind: Kind,
    { first, proposals }: { first: string; proposals: string[][] },
  ) => {
    const run = await makeRun(db.ctx, kind, first);
    const answers = await Promise.all(
      proposals.map(async (labels, client) => {
        const given = [];
        for (const label of labels) {
          given.push(await run.propose(serverOf(client), proposalOf(label)));
        }
        return given;
      }),
    );
    return { run, answers: answers.flat(), history: await readHistory(db.ctx, kind, run.id) };
  };

  test.each(KINDS)(
    'leave a %s with a history in which each state may follow the one before',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const { history } = await play(kind, plan);
          const illegal = history
            .slice(1)
            .map((state, index) => [written(history[index] ?? state), written(state)] as const)
            .filter(([before, after]) => SUCCESSORS[kind].get(before)?.has(after) !== true);
          expect(illegal).toEqual([]);
        }),
        { numRuns: HISTORIES },
      );
    },
  );

  test.each(KINDS)(
    'give each state of a %s to one client, and the run the last one',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const { run, answers, history } = await play(kind, plan);
          const winners = answers.flatMap(({ status, state }) =>
            status === 'ACCEPT' && state !== null ? [state.id] : [],
          );
          expect(winners).toEqual([...new Set(winners)]);
          const stored = history.map(({ id }) => id);
          expect(winners.filter((id) => !stored.includes(id))).toEqual([]);
          const answered = new Set(answers.map(({ state }) => state?.id));
          expect(stored.slice(1).filter((id) => !answered.has(id))).toEqual([]);
          const { builder } = db.ctx.db;
          const query = builder
            .selectFrom(kind === 'flow_run' ? 'flowRun' : 'taskRun')
            .select('stateId')
            .where('id', '=', run.id);
          expect((await db.ctx.db.read(() => one(query)))?.stateId).toBe(stored.at(-1));
        }),
        { numRuns: HISTORIES },
      );
    },
  );

  test('give no state of a flow run two successors', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { run } = await play('flow_run', plan);
        const followed = (await readEvents(db.ctx, run.id)).flatMap(({ follows }) =>
          follows === null ? [] : [follows],
        );
        expect(followed).toEqual([...new Set(followed)]);
      }),
      { numRuns: HISTORIES },
    );
  });

  test.each(KINDS)('let one of all that submit a %s win', async (kind) => {
    for (let round = 0; round < HISTORIES; round += 1) {
      const run = await makeRun(db.ctx, kind, 'Scheduled past');
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) =>
          run.propose(serverOf(client), submission(kind)),
        ),
      );
      const statuses = answers.map(({ status }) => status).toSorted();
      expect(statuses).toEqual([...Array.from({ length: CLIENTS - 1 }, () => 'ABORT'), 'ACCEPT']);
    }
  });

  test.each(KINDS)('are all in the books of a %s', async (kind) => {
    const run = await makeRun(db.ctx, kind, 'Pending');
    const answers = await Promise.all(
      Array.from({ length: CLIENTS * 4 }, (_, client) =>
        run.propose(serverOf(client), proposalOf('Running'), true),
      ),
    );
    const counts = answers.map(({ run: { runCount } }) => runCount).toSorted((a, b) => a - b);
    expect(counts).toEqual(Array.from({ length: CLIENTS * 4 }, (_, index) => index + 1));
  });
});
