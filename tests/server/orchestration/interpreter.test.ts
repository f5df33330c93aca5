import { expect, test } from 'vitest';

import { createFlowRun } from '#server/commands/flow-run/create-flow-run.ts';
import type { Context } from '#server/context.ts';
import { UNKNOWN_CLIENT } from '#server/orchestration/client-info.ts';
import { cancelled, failed, pending, running } from '#server/orchestration/proposals.ts';
import {
  ACCEPT,
  ANY_STATE,
  type CommonRun,
  type Moment,
  type Rule,
  abort,
  accept,
  reject,
  states,
  universal,
  wait,
} from '#server/orchestration/rule.ts';
import { runTransition } from '#server/orchestration/transition.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertFlow } from '#tests/support/orchestration.ts';

type Hook = 'before' | 'after' | 'undo';

/** Rules that note in one list which of their hooks were called. */
const observed = () => {
  const calls: string[] = [];
  const note = (name: string, hook: Hook): void => void calls.push(`${name} ${hook}`);
  const rule = (
    name: string,
    {
      to = states('RUNNING'),
      verdict = ACCEPT,
    }: Partial<{
      to: Rule<Moment>['to'];
      verdict: ReturnType<NonNullable<Rule<Moment>['before']>>;
    }> = {},
  ): Rule<Moment> => ({
    name,
    from: ANY_STATE,
    to,
    before: () => {
      note(name, 'before');
      if (!('kind' in verdict) || verdict.kind !== 'accept') return verdict;
      return accept<CommonRun>({
        ...verdict,
        undo: () => {
          note(name, 'undo');
          return {};
        },
      });
    },
    after: () => {
      note(name, 'after');
      return {};
    },
  });
  const books = universal<Moment>({
    name: 'books',
    before: () => {
      note('books', 'before');
      return ACCEPT;
    },
    after: () => {
      note('books', 'after');
      return {};
    },
  });
  return { calls, rule, books };
};

const lead = async (ctx: Context, rules: readonly Rule<Moment>[]) => {
  const flow = await insertFlow(ctx);
  const { flowRun, state } = await createFlowRun(ctx, { flowId: flow.id, state: pending() });
  const moment: Moment = {
    run: flowRun,
    initial: state,
    client: UNKNOWN_CLIENT,
    ctx,
  };
  const result = await ctx.db.write(() => runTransition(moment, { proposed: running(), rules }));
  return { result, written: result.written?.name ?? null };
};

describeEachDatabase('the interpreter of rules', (db) => {
  test('nothing is asked after a refusal, and nothing is written', async () => {
    for (const verdict of [abort('no'), wait(3, 'not yet'), reject<CommonRun>('no')]) {
      const { calls, rule, books } = observed();
      const { written } = await lead(db.ctx, [rule('one', { verdict }), rule('two'), books]);
      expect(calls).toEqual(['one before']);
      expect(written).toBeNull();
    }
  });

  test('a rule that is overtaken takes back what it did', async () => {
    const { calls, rule, books } = observed();
    const verdict = reject<CommonRun>('better so', cancelled());
    const { result, written } = await lead(db.ctx, [
      rule('one'),
      rule('two', { verdict }),
      rule('three'),
      books,
    ]);
    expect(result).toMatchObject({ status: 'REJECT', state: { type: 'CANCELLED' } });
    expect(written).toBe('Cancelled');
    expect(calls).toEqual(['one before', 'two before', 'books before', 'books after', 'one undo']);
  });

  test('a rule about all states has its say after its own refusal too', async () => {
    const { calls, rule } = observed();
    const verdict = reject<CommonRun>('no');
    await lead(db.ctx, [rule('one', { to: ANY_STATE, verdict })]);
    expect(calls).toEqual(['one before', 'one after']);
  });

  test('a refusal into a state that the rule is about is followed up', async () => {
    const { calls, rule } = observed();
    const to = states('RUNNING', 'FAILED');
    await lead(db.ctx, [rule('one', { to, verdict: reject<CommonRun>('no', failed('x')) })]);
    expect(calls).toEqual(['one before', 'one after']);
  });

  test('rules are left in the reverse of the order in which they were entered', async () => {
    const { calls, rule, books } = observed();
    const { result } = await lead(db.ctx, [rule('one'), rule('two'), books]);
    expect(result).toMatchObject({ status: 'ACCEPT', details: { type: 'accept_details' } });
    expect(calls).toEqual([
      'one before',
      'two before',
      'books before',
      'books after',
      'two after',
      'one after',
    ]);
  });

  test('a rule sees what the rules before it changed', async () => {
    const { rule } = observed();
    const first = rule('one', { verdict: accept<CommonRun>({ run: { runCount: 7 } }) });
    const second: Rule<Moment> = {
      name: 'two',
      from: ANY_STATE,
      to: states('RUNNING'),
      before: ({ run }) => accept<CommonRun>({ run: { runCount: run.runCount + 1 } }),
    };
    const { result } = await lead(db.ctx, [first, second]);
    expect(result.run.runCount).toBe(8);
  });

  test('a rule that throws is no verdict', async () => {
    const broken: Rule<Moment> = {
      name: 'broken',
      from: ANY_STATE,
      to: ANY_STATE,
      before: () => {
        throw new Error('a bug');
      },
    };
    await expect(lead(db.ctx, [broken])).rejects.toThrow('a bug');
  });
});
