import { setTimeout as pause } from 'node:timers/promises';

import type { Round, Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import { ask } from '../target.ts';
import type { EventSocket } from '../task-run-events.ts';
import {
  countCompleted,
  eventsOfTaskRun,
  newEventFlow,
  openEventSocket,
} from '../task-run-events.ts';

const TASK_RUNS = 5000;
const IDLE_SOCKETS = 1000;
const PATIENCE_MILLIS = 60_000;

const openIdleSockets = async (target: Target): Promise<readonly EventSocket[]> => {
  const sockets: EventSocket[] = [];
  while (sockets.length < IDLE_SOCKETS) {
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => openEventSocket(target)))));
  }
  return sockets;
};

const burst = async (target: Target): Promise<Round> => {
  const flow = await newEventFlow(target);
  const frames = Array.from({ length: TASK_RUNS }, (_, index) => eventsOfTaskRun(flow, index));
  const idle = await openIdleSockets(target);
  const socket = await openEventSocket(target);
  const health: number[] = [];
  const over = new AbortController();
  const watchHealth = async (): Promise<void> => {
    while (!over.signal.aborted) {
      health.push((await ask(target, { method: 'GET', path: '/api/health' })).millis);
      await pause(10);
    }
  };
  const watching = watchHealth();
  const startedAt = performance.now();
  let sentAt = startedAt;
  let seen = 0;
  try {
    for (const frame of frames.flat()) socket.send(frame);
    await socket.confirmed();
    sentAt = performance.now();
    while (seen < TASK_RUNS && performance.now() - sentAt < PATIENCE_MILLIS) {
      await pause(20);
      seen = await countCompleted(target, flow.flowRunId);
    }
  } finally {
    over.abort();
    await watching;
    for (const one of [socket, ...idle]) one.close();
  }
  const visibleAt = performance.now();
  const lost = TASK_RUNS - seen;
  return {
    items: seen,
    seconds: (visibleAt - startedAt) / 1000,
    latenciesMillis: health,
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} task runs never came`,
    notes: {
      'all visible after the last event, ms': Math.round(visibleAt - sentAt),
      'slowest /health, ms': Math.round(Math.max(...health)),
    },
  };
};

/** 15,000 events on one socket with 1,000 idle ones beside it; latencies are those of `/health`. */
export const eventBurst: Scenario = {
  name: 'burst of 15,000 events beside 1,000 idle sockets',
  unit: 'task runs',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly: true,
  prepare: (target) => Promise.resolve(() => burst(target)),
};
