import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { WebSocket } from 'ws';

import { type Round, type Scenario, pump } from '../scenario.ts';
import { type Target, ask } from '../target.ts';

const WORKERS = 8;
const POSTERS = 4;
/** When nothing came for so long, what is missing is lost. */
const SILENCE_MILLIS = 3000;

/** Takes every run of a task and acknowledges it, as task workers do. */
const openWorker = (target: Target, key: string, onRun: (dynamicKey: string) => void) =>
  new Promise<WebSocket>((resolve, reject) => {
    const address = `${target.url.replace('http', 'ws')}/api/task_runs/subscriptions/scheduled`;
    const socket = new WebSocket(address, 'prefect');
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"auth","token":null}'));
    socket.on('message', (data: Buffer) => {
      // Frames of this socket are task runs, but for the first.
      const frame = JSON.parse(data.toString('utf8')) as { type?: string; dynamic_key?: string };
      if (frame.type === 'auth_success') {
        socket.send(JSON.stringify({ type: 'subscribe', keys: [key], client_id: randomUUID() }));
        resolve(socket);
        return;
      }
      socket.send('{"type":"ack"}');
      onRun(frame.dynamic_key ?? '');
    });
  });

const round = async (target: Target, seconds: number): Promise<Round> => {
  const key = `bench-${randomUUID()}`;
  const sentAt = new Map<string, number>();
  const latenciesMillis: number[] = [];
  let doubled = 0;
  const onRun = (dynamicKey: string): void => {
    const sent = sentAt.get(dynamicKey);
    sentAt.delete(dynamicKey);
    if (sent === undefined) doubled += 1;
    else latenciesMillis.push(performance.now() - sent);
  };
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () => openWorker(target, key, onRun)),
  );
  const startedAt = performance.now();
  const posted = await pump({
    connections: POSTERS,
    seconds,
    call: () => {
      const dynamicKey = randomUUID();
      sentAt.set(dynamicKey, performance.now());
      return ask(target, {
        method: 'POST',
        path: '/api/task_runs/',
        body: JSON.stringify({
          task_key: key,
          dynamic_key: dynamicKey,
          state: { type: 'SCHEDULED', state_details: { deferred: true } },
        }),
      });
    },
  });
  const end = performance.now() + SILENCE_MILLIS;
  while (latenciesMillis.length < posted.items && performance.now() < end) await pause(20);
  const took = (performance.now() - startedAt) / 1000;
  for (const socket of workers) socket.terminate();
  const lost = posted.items - latenciesMillis.length;
  return {
    items: latenciesMillis.length,
    seconds: took,
    latenciesMillis,
    busy: posted.busy,
    errors: posted.errors + Math.max(0, lost) + doubled,
    firstError: posted.firstError ?? (lost > 0 ? `${lost} runs never came` : null),
    notes: { 'lost, doubled': `${Math.max(0, lost)}, ${doubled}` },
  };
};

/** Latencies are from the call that makes a run to its arrival at a task worker. */
export const backgroundRuns: Scenario = {
  name: 'make and hand out a background run, 8 task workers',
  unit: 'runs',
  targetRatio: { sqlite: null, postgresql: null },
  prepare: (target) => Promise.resolve(({ seconds }) => round(target, seconds)),
};
