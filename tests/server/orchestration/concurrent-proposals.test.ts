import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { setFlowRunState } from '#server/orchestration/set-flow-run-state.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow, readEvents } from '#tests/support/orchestration.ts';

import { proposalOf, recordedTransitions } from './recorded-transitions.ts';

const CLIENTS = 8;
const HISTORIES = 25;

type Kind = 'flow_run' | 'task_run';

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

const makeRun = async (ctx: Context, kind: Kind, first: string) => {
  const flow = await insertFlow(ctx);
  const { flowRun } = await createFlowRun(ctx, {
    flowId: flow.id,
    state: proposalOf(kind === 'flow_run' ? first : 'Running'),
  });
  if (kind === 'flow_run') {
    const { id: flowRunId } = flowRun;
    return {
      id: flowRunId,
      propose: (label: string) => setFlowRunState(ctx, { flowRunId, proposed: proposalOf(label) }),
    };
  }
  const { taskRun } = await createTaskRun(ctx, {
    flowRunId: flowRun.id,
    taskKey: 'task',
    dynamicKey: '0',
    state: proposalOf(first),
  });
  return {
    id: taskRun.id,
    propose: (label: string) =>
      setTaskRunState(ctx, { taskRunId: taskRun.id, proposed: proposalOf(label) }),
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

describeEachDatabase('proposals of many clients at once', (db) => {
  const play = async (
    kind: Kind,
    { first, proposals }: { first: string; proposals: string[][] },
  ) => {
    const run = await makeRun(db.ctx, kind, first);
    const answers = await Promise.all(
      proposals.map(async (labels) => {
        const given = [];
        for (const label of labels) given.push(await run.propose(label));
        return given;
      }),
    );
    return { run, answers: answers.flat(), history: await readHistory(db.ctx, kind, run.id) };
  };

  test.each(['flow_run', 'task_run'] as const)(
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

  test('give no state of a flow run two successors', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { run, answers, history } = await play('flow_run', plan);
        const followed = (await readEvents(db.ctx, run.id)).flatMap(({ follows }) =>
          follows === null ? [] : [follows],
        );
        expect(followed).toEqual([...new Set(followed)]);
        // Each stored state is the answer to a proposal, but for the first, and to one alone unless it stayed.
        const answered = new Set(answers.map(({ state }) => state?.id));
        expect(history.slice(1).filter(({ id }) => !answered.has(id))).toEqual([]);
      }),
      { numRuns: HISTORIES },
    );
  });
});
