import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is neither false, null nor undefined; fails after the given time. */
export const waitFor = async <T>(
  ask: () => Promise<T> | T,
  { withinMillis = 5000, what = 'the condition' } = {},
): Promise<NonNullable<T>> => {
  const deadline = performance.now() + withinMillis;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMillis} ms for ${what}.`);
    await delay(10);
  }
};
