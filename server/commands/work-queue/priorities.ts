import type { WorkQueueRow } from '#prisma/tables.ts';
import { type Script, run } from '#server/db/script.ts';
import { updateWorkQueuePriority } from '#server/db/sql/work-queue-rows.ts';
import { nowMicros } from '#server/time.ts';

type Ranked = Pick<WorkQueueRow, 'id' | 'priority'>;

/** The first place in the order of priorities that is not its number; behind all when there is none. */
export const freePriority = (queues: readonly Ranked[]): number => {
  const priorities = queues.map(({ priority }) => priority).toSorted((one, other) => one - other);
  const gap = priorities.findIndex((priority, index) => priority !== index + 1);
  return gap === -1 ? (priorities.at(-1) ?? 0) + 1 : gap + 1;
};

/** Puts one queue at its wanted place among the others, in order of priority. */
const placed = (others: readonly Ranked[], queue: Ranked): readonly Ranked[] => {
  const index = others.findIndex(({ priority }) => priority >= queue.priority);
  return index === -1 ? [...others, queue] : others.toSpliced(index, 0, queue);
};

/** Gives each queue a priority above the one before it, changing as few as that takes. */
export const withDistinctPriorities = (queues: readonly Ranked[]): readonly Ranked[] => {
  let last = 0;
  return queues.map((queue) => {
    last = queue.priority <= last ? last + 1 : queue.priority;
    return { id: queue.id, priority: last };
  });
};

/** Moves a queue to a priority; those that are in the way move down. `queues` are all of the pool, in order. */
export function* moveWorkQueue(queues: readonly Ranked[], moved: Ranked): Script<void> {
  const others = queues.filter(({ id }) => id !== moved.id);
  const known = new Map(queues.map(({ id, priority }) => [id, priority]));
  for (const { id, priority } of withDistinctPriorities(placed(others, moved))) {
    if (known.get(id) === priority) continue;
    yield* run(updateWorkQueuePriority(priority, nowMicros(), id));
  }
}
