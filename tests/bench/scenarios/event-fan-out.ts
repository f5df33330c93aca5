import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { type EventReader, openReaders, sendEvents } from '../event-readers.ts';
import { memoryMegabytesOf } from '../process-tree.ts';
import type { Round, Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';

const EVENTS_PER_SECOND = 100;
const BATCHES_PER_SECOND = 20;
/** Filters take hold without an answer. */
const SETTLE_MILLIS = 1500;
/** When nothing came for so long, what is missing is lost. */
const SILENCE_MILLIS = 5000;
/** What comes later than this after the last event counts as lost too. */
const PATIENCE_MILLIS = 30_000;
/** Of so many ages one is noted. */
const NOTED_AGES = 7;

const countReceived = (readers: readonly EventReader[]): number =>
  readers.reduce((sum, { received }) => sum + received(), 0);

const untilQuiet = async (readers: readonly EventReader[], wanted: number): Promise<void> => {
  let last = -1;
  let lastAt = performance.now();
  const end = lastAt + PATIENCE_MILLIS;
  while (last < wanted && performance.now() < Math.min(end, lastAt + SILENCE_MILLIS)) {
    await pause(50);
    const now = countReceived(readers);
    if (now !== last) lastAt = performance.now();
    last = now;
  }
};

const sendSteadily = async (target: Target, name: string, seconds: number): Promise<number> => {
  const startedAt = performance.now();
  const total = Math.round(seconds * EVENTS_PER_SECOND);
  let sent = 0;
  while (sent < total) {
    const elapsed = (performance.now() - startedAt) / 1000;
    const due = Math.min(total, Math.floor(elapsed * EVENTS_PER_SECOND)) - sent;
    if (due >= Math.min(EVENTS_PER_SECOND / BATCHES_PER_SECOND, total - sent)) {
      await sendEvents(target, name, due);
      sent += due;
    }
    await pause(10);
  }
  return sent;
};

const fanOut = async (target: Target, count: number, seconds: number): Promise<Round> => {
  const name = `bench.fan-out.${randomUUID()}`;
  const latenciesMillis: number[] = [];
  let ages = 0;
  const onAge = (age: number): void => {
    ages += 1;
    if (ages % NOTED_AGES === 0) latenciesMillis.push(age);
  };
  const readers = await openReaders(target, { count, name, onAge });
  await pause(SETTLE_MILLIS);
  const memoryBefore = memoryMegabytesOf(target.pids.slice(0, 1));
  const startedAt = performance.now();
  const sent = await sendSteadily(target, name, seconds);
  await untilQuiet(readers, sent * count);
  const took = (performance.now() - startedAt) / 1000;
  const items = countReceived(readers);
  const memoryAfter = memoryMegabytesOf(target.pids.slice(0, 1));
  const closed = readers.filter(({ socket }) => socket.readyState !== socket.OPEN).length;
  for (const { socket } of readers) socket.terminate();
  const lost = sent * count - items;
  return {
    items,
    seconds: took,
    latenciesMillis,
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} deliveries never came, ${closed} readers were closed`,
    notes: {
      lost: `${((100 * lost) / (sent * count)).toFixed(1)} %`,
      'memory before and after, MB': `${memoryBefore.toFixed(0)}, ${memoryAfter.toFixed(0)}`,
    },
  };
};

const scenarioOf = (count: number, isOursOnly: boolean): Scenario => ({
  name: `${count.toLocaleString('en')} readers of /events/out at ${EVENTS_PER_SECOND} events/s`,
  unit: 'deliveries',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly,
  prepare: (target) => Promise.resolve(({ seconds }) => fanOut(target, count, seconds)),
});

/** As many readers as the real server serves after a fashion. */
export const eventFanOut = scenarioOf(200, false);
/** Latencies are the ages of events when they arrive. */
export const eventFanOutToMany = scenarioOf(1000, true);
