import { setTimeout as pause } from 'node:timers/promises';

import type { Round, Scenario } from '../scenario.ts';
import type { Target } from '../target.ts';
import {
  countCompleted,
  eventsOfTaskRun,
  newEventFlow,
  openEventSocket,
} from '../task-run-events.ts';

const PATIENCE_MILLIS = 60_000;

const recordTaskRuns = async (target: Target, taskRuns: number): Promise<Round> => {
  const flow = await newEventFlow(target);
  const frames = Array.from({ length: taskRuns }, (_, index) => eventsOfTaskRun(flow, index));
  const socket = await openEventSocket(target);
  const startedAt = performance.now();
  for (const frame of frames.flat()) {
    socket.send(frame);
    await socket.drained();
  }
  await socket.confirmed();
  const sentAt = performance.now();
  let seen = 0;
  while (seen < taskRuns && performance.now() - sentAt < PATIENCE_MILLIS) {
    await pause(20);
    seen = await countCompleted(target, flow.flowRunId);
  }
  const endedAt = performance.now();
  socket.close();
  const lost = taskRuns - seen;
  return {
    items: seen,
    seconds: (endedAt - startedAt) / 1000,
    latenciesMillis: [endedAt - sentAt],
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} task runs never came`,
  };
};

export const taskRunEvents: Scenario = {
  name: 'task runs by events, until visible',
  unit: 'task runs',
  targetRatio: { sqlite: 80, postgresql: null },
  // The real server records some 30 a second; ours is given enough to be measured.
  prepare: (target) =>
    Promise.resolve(() => recordTaskRuns(target, target.name === 'real' ? 200 : 4000)),
};
