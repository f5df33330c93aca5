import { setTimeout as pause } from 'node:timers/promises';

import type { Round, Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import {
  countCompleted,
  eventsOfTaskRun,
  newEventFlow,
  openEventSocket,
} from '../task-run-events.ts';

const EVENTS_PER_SECOND = 2000;
const TICK_MILLIS = 10;

/** Sends at a steady pace and notes, for each task run, when it was sent and when it was seen. */
const measureLag = async (target: Target, seconds: number): Promise<Round> => {
  const flow = await newEventFlow(target);
  const socket = await openEventSocket(target);
  const taskRuns = Math.round((EVENTS_PER_SECOND / 3) * seconds);
  const frames = Array.from({ length: taskRuns }, (_, index) => eventsOfTaskRun(flow, index));
  const sentAt: number[] = [];
  const lags: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + seconds * 1000 + 30_000;
  const over = new AbortController();
  const sendAll = async (): Promise<void> => {
    while (sentAt.length < taskRuns && !over.signal.aborted) {
      const elapsed = (performance.now() - startedAt) / 1000;
      const due = Math.min(taskRuns, Math.ceil((elapsed * EVENTS_PER_SECOND) / 3));
      while (sentAt.length < due) {
        for (const frame of frames[sentAt.length] ?? []) socket.send(frame);
        sentAt.push(performance.now());
      }
      await pause(TICK_MILLIS);
    }
  };
  const watch = async (): Promise<void> => {
    while (lags.length < taskRuns && performance.now() < end) {
      const seen = await countCompleted(target, flow.flowRunId);
      const now = performance.now();
      while (lags.length < seen) lags.push(now - (sentAt[lags.length] ?? now));
      await pause(2);
    }
  };
  try {
    await Promise.all([sendAll(), watch()]);
  } finally {
    over.abort();
    socket.close();
  }
  const lost = taskRuns - lags.length;
  return {
    items: lags.length,
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMillis: lags,
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} task runs never came`,
  };
};

/** The delay from an event sent to its task run seen, at 2,000 events a second. */
export const eventLag: Scenario = {
  name: 'lag of events at 2,000 events/s',
  unit: 'task runs',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly: true,
  prepare: (target) => Promise.resolve(({ seconds }) => measureLag(target, seconds)),
};
