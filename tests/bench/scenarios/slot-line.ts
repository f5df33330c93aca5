import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { cpuSecondsOf } from '../process-tree.ts';
import type { Round, Scenario } from '../scenario.ts';
import { type Target, post } from '../target.ts';

const WAITERS = 5000;
const SLOTS = 10;
const AT_ONCE = 100;
const SETTLE_MILLIS = 3000;
const IDLE_SECONDS = 5;
const FREED = 200;
/** How long a freed slot may stay free until it counts as lost. */
const PATIENCE_MILLIS = 5000;
const LIMITS = '/api/v2/concurrency_limits';

interface Leased {
  readonly lease_id: string;
}

/** Those who wait, each on a connection of its own. */
const openWaiters = async (target: Target, name: string, onLease: (lease: string) => void) => {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const body = JSON.stringify({ names: [name], slots: 1, lease_duration: 300 });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  let refused = 0;
  const open = (): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const outgoing = request(
      `${target.url}${LIMITS}/increment-with-lease`,
      { method: 'POST', agent, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode !== 200) refused += 1;
          // The answer that gives a slot has this shape.
          else onLease((JSON.parse(Buffer.concat(chunks).toString()) as Leased).lease_id);
        });
      },
    );
    // Those that still wait are cut off at the end.
    outgoing.on('error', () => reject(new Error('A waiter was cut off.')));
    outgoing.on('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => resolve());
      else resolve();
    });
    outgoing.end(body);
    return promise;
  };
  for (let opened = 0; opened < WAITERS; opened += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, open));
  return { close: () => agent.destroy(), refused: () => refused };
};

const serve = async (target: Target): Promise<Round> => {
  const name = `bench-${randomUUID()}`;
  await post(target, `${LIMITS}/`, { name, limit: SLOTS });
  const leases: string[] = [];
  for (let taken = 0; taken < SLOTS; taken += 1) {
    const asked = { names: [name], slots: 1, lease_duration: 300 };
    leases.push((await post<Leased>(target, `${LIMITS}/increment-with-lease`, asked)).lease_id);
  }
  let taken = (): void => undefined;
  const waiters = await openWaiters(target, name, (lease) => {
    leases.push(lease);
    taken();
  });
  await pause(SETTLE_MILLIS);
  const cpuBefore = cpuSecondsOf(target.pids);
  await pause(IDLE_SECONDS * 1000);
  const idle = (cpuSecondsOf(target.pids) - cpuBefore) / IDLE_SECONDS;
  const latenciesMillis: number[] = [];
  const startedAt = performance.now();
  let lost = 0;
  for (let freed = 0; freed < FREED; freed += 1) {
    const reused = new Promise<true>((resolve) => {
      taken = () => resolve(true);
    });
    const began = performance.now();
    await post(target, `${LIMITS}/decrement-with-lease`, { lease_id: leases.shift() });
    if (await Promise.race([reused, pause(PATIENCE_MILLIS, false)]))
      latenciesMillis.push(performance.now() - began);
    else lost += 1;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  waiters.close();
  return {
    items: latenciesMillis.length,
    seconds,
    latenciesMillis,
    busy: 0,
    errors: lost,
    firstError: lost === 0 ? null : `${lost} slots were not reused`,
    notes: {
      'CPU while nothing is freed, % of a core': (idle * 100).toFixed(1),
      'slowest, ms': Math.round(Math.max(...latenciesMillis)),
      'refused meanwhile': waiters.refused(),
    },
  };
};

/** 5,000 callers wait for a limit of 10; latencies are from giving a slot back until the next one has it. */
export const slotLine: Scenario = {
  name: '5,000 waiters on a limit of 10',
  unit: 'slots reused',
  targetRatio: { sqlite: null, postgresql: null },
  isOursOnly: true,
  prepare: (target) => Promise.resolve(() => serve(target)),
};
