import { expect, test } from 'vitest';

import { createTaskRun } from '#server/commands/task-run/create-task-run.ts';
import { deleteTaskRun } from '#server/commands/task-run/delete-task-run.ts';
import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { cancelling, failed, pending, running } from '#server/orchestration/proposals.ts';
import { setTaskRunState } from '#server/orchestration/set-task-run-state.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { insertLimit, insertTagLimit, readActiveSlots } from '#tests/support/orchestration.ts';

const makeTask = async (ctx: Context, ...tags: readonly string[]) => {
  const { taskRun } = await createTaskRun(ctx, {
    taskKey: 'task',
    dynamicKey: newId(),
    tags,
    state: pending(),
  });
  return {
    id: taskRun.id,
    propose: (proposed: ProposedState) => setTaskRunState(ctx, { taskRunId: taskRun.id, proposed }),
  };
};

describeEachDatabase('concurrency limits of tags', (db) => {
  test('a limit of zero aborts', async () => {
    const tag = newId();
    await insertLimit(db.ctx, { name: `tag:${tag}`, limit: 0 });
    const refused = await (await makeTask(db.ctx, tag)).propose(running());
    expect(refused).toMatchObject({
      status: 'ABORT',
      details: {
        reason: `The concurrency limit on tag "${tag}" is 0 and will deadlock if the task tries to run again.`,
      },
    });
  });

  test('a task waits while one of its tags is full, and takes no slot of the others', async () => {
    const [full, free] = [newId(), newId()];
    await insertLimit(db.ctx, { name: `tag:${full}`, limit: 1 });
    const other = await insertLimit(db.ctx, { name: `tag:${free}`, limit: 5 });
    await (await makeTask(db.ctx, full)).propose(running());
    const refused = await (await makeTask(db.ctx, full, free)).propose(running());
    expect(refused.status).toBe('WAIT');
    expect(refused.details.delay_seconds).toBeGreaterThanOrEqual(1);
    expect(refused.details.delay_seconds).toBeLessThanOrEqual(3);
    expect(await readActiveSlots(db.ctx, other.id)).toBe(0);
  });

  test('a limit that is switched off holds nobody up', async () => {
    const tag = newId();
    const limit = await insertLimit(db.ctx, { name: `tag:${tag}`, limit: 0, isActive: false });
    expect(await (await makeTask(db.ctx, tag)).propose(running())).toMatchObject({
      status: 'ACCEPT',
    });
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(0);
  });

  test('a slot is held while a task runs or is cancelled, and given back after', async () => {
    const tag = newId();
    const limit = await insertLimit(db.ctx, { name: `tag:${tag}`, limit: 1 });
    const task = await makeTask(db.ctx, tag);
    await task.propose(running());
    await task.propose(cancelling());
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(1);
    await task.propose(failed('boom'));
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(0);
  });

  test('of many that ask at once only as many run as there are slots', async () => {
    const tag = newId();
    const limit = await insertLimit(db.ctx, { name: `tag:${tag}`, limit: 2 });
    const tasks = await Promise.all(Array.from({ length: 8 }, () => makeTask(db.ctx, tag)));
    const answers = await Promise.all(tasks.map((task) => task.propose(running())));
    expect(answers.filter(({ status }) => status === 'ACCEPT')).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 'WAIT')).toHaveLength(6);
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(2);
  });

  test('removing a running task gives its slot back', async () => {
    const tag = newId();
    const limit = await insertLimit(db.ctx, { name: `tag:${tag}`, limit: 1 });
    const task = await makeTask(db.ctx, tag);
    await task.propose(running());
    await deleteTaskRun(db.ctx, { taskRunId: task.id });
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(0);
  });

  test('a limit that lists its holders makes others wait until one leaves', async () => {
    const tag = newId();
    await insertTagLimit(db.ctx, { tag, limit: 1 });
    const [first, second] = [await makeTask(db.ctx, tag), await makeTask(db.ctx, tag)];
    await first.propose(running());
    expect(await second.propose(running())).toMatchObject({
      status: 'WAIT',
      details: {
        delay_seconds: 10,
        reason: `Concurrency limit for the ${tag} tag has been reached`,
      },
    });
    await first.propose(failed('boom'));
    expect(await second.propose(running())).toMatchObject({ status: 'ACCEPT' });
  });

  test('a task that finds one kind of limit full gives back what it took of the other', async () => {
    const [counted, listed] = [newId(), newId()];
    const limit = await insertLimit(db.ctx, { name: `tag:${counted}`, limit: 1 });
    await insertTagLimit(db.ctx, { tag: listed, limit: 1 });
    await (await makeTask(db.ctx, listed)).propose(running());
    const refused = await (await makeTask(db.ctx, counted, listed)).propose(running());
    expect(refused.status).toBe('WAIT');
    expect(await readActiveSlots(db.ctx, limit.id)).toBe(0);
  });
});
