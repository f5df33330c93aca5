import type { WorkQueueRow } from '#prisma/tables.ts';
import { type Script, run } from '#server/db/script.ts';
import { updateWorkQueuePriority } from '#server/db/sql/work-queue-rows.ts';
import { nowMicros } from '#server/time.ts';

type Ranked = Pick<WorkQueueRow, 'id' | 'priority'>;

/** The lowest priority that no queue of the pool has. */
export const freePriority = (queues: readonly Ranked[]): number => {
  const taken = new Set(queues.map(({ priority }) => priority));
  let priority = 1;
  while (taken.has(priority)) priority += 1;
  return priority;
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
