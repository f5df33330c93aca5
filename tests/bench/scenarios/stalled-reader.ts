import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { openReaders, sendEvents } from '../event-readers.ts';
import { memoryMegabytesOf } from '../process-tree.ts';
import type { Round, Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';

const EVENTS = 200_000;
/** Sent before, with everybody reading, so that the process has the size that this work gives it anyway. */
const WARM_UP_EVENTS = 50_000;
const BATCH = 200;
const READERS = 10;
const SETTLE_MILLIS = 1500;
const PATIENCE_MILLIS = 30_000;

const stall = async (target: Target, events: number): Promise<Round> => {
  const name = `bench.stalled.${randomUUID()}`;
  let latenciesMillis: number[] = [];
  const onAge = (age: number): void => {
    latenciesMillis.push(age);
  };
  const readers = await openReaders(target, { count: READERS, name, onAge });
  const [stalled] = await openReaders(target, { count: 1, name, onAge: () => undefined });
  await pause(SETTLE_MILLIS);
  let sent = 0;
  const sendAndAwait = async (count: number): Promise<void> => {
    const goal = sent + count;
    for (; sent < goal; sent += BATCH) await sendEvents(target, name, BATCH);
    const end = performance.now() + PATIENCE_MILLIS;
    while (readers.some(({ received }) => received() < sent) && performance.now() < end) {
      await pause(20);
    }
  };
  await sendAndAwait(WARM_UP_EVENTS);
  const agesBefore = latenciesMillis;
  latenciesMillis = [];
  const memoryBefore = memoryMegabytesOf(target.pids.slice(0, 1));
  stalled?.socket.pause();
  const startedAt = performance.now();
  await sendAndAwait(events);
  const seconds = (performance.now() - startedAt) / 1000;
  const memoryAfter = memoryMegabytesOf(target.pids.slice(0, 1));
  const received = readers.reduce((sum, reader) => sum + reader.received(), 0);
  const lost = sent * READERS - received;
  for (const { socket } of readers) socket.terminate();
  stalled?.socket.terminate();
  const mean = (ages: readonly number[]): string =>
    (ages.reduce((sum, age) => sum + age, 0) / Math.max(1, ages.length)).toFixed(0);
  return {
    items: events,
    seconds,
    latenciesMillis,
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} deliveries to the others never came`,
    notes: {
      'memory before and after, MB': `${memoryBefore.toFixed(0)}, ${memoryAfter.toFixed(0)}`,
      'mean age at the others before and after, ms': `${mean(agesBefore)}, ${mean(latenciesMillis)}`,
    },
  };
};

/** Ten readers read on while another stalls and 200,000 events pass; latencies are ages at the ten. */
export const stalledReader: Scenario = {
  name: 'one stalled reader of /events/out while 200,000 events pass',
  unit: 'events',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly: true,
  // The moment for warming up takes a tenth of it.
  prepare: (target) =>
    Promise.resolve(({ seconds }) => stall(target, seconds <= 1 ? EVENTS / 10 : EVENTS)),
};
