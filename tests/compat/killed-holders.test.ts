import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, expect, test } from 'vitest';

import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startOurServer } from '#tests/support/replay/server.ts';
import { waitFor } from '#tests/support/wait-for.ts';

import { COMPAT_DATABASES, compatDatabase } from './compat-database.ts';

const HOLDERS = 20;
const SLOTS = 5;
const KILLED = 4;
const WORK_SECONDS = 15;
const LEASE_SECONDS = 60;
/** The server looks once in this time for leases that have ended. */
const REPOSSESSOR_SECONDS = 1;

interface Said {
  readonly kind: 'took' | 'gives' | 'lost';
  readonly lease: string;
  readonly at: number;
}

interface Holder {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly said: Said[];
  killedAt: number | null;
}

const now = (): number => performance.timeOrigin + performance.now();

const startHolder = (api: string, name: string): Holder => {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'slot-holder.ts'),
      api,
      name,
      String(WORK_SECONDS),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const said: Said[] = [];
  createInterface(child.stdout).on('line', (line) => said.push(JSON.parse(line)));
  return { process: child, said, killedAt: null };
};

const isHolding = ({ said }: Holder): boolean => said.at(-1)?.kind === 'took';

/** From when to when each slot was surely held: one that dies holds to its death. */
const spansOf = ({ said, killedAt }: Holder): readonly (readonly [number, number])[] =>
  said
    .filter(({ kind }) => kind === 'took')
    .map(({ lease, at }) => {
      const given = said.find((one) => one.kind === 'gives' && one.lease === lease);
      return [at, given?.at ?? killedAt ?? at] as const;
    });

const mostAtOnce = (spans: readonly (readonly [number, number])[]): number => {
  const changes = spans.flatMap(([from, to]) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let held = 0;
  let most = 0;
  for (const { by } of changes.toSorted((one, other) => one.at - other.at || one.by - other.by)) {
    held += by;
    most = Math.max(most, held);
  }
  return most;
};

afterAll(() => {
  expect(serversLeftRunning()).toEqual([]);
});

// Each waits a minute for leases to end, which is nothing that they need the machine for.
test.concurrent.each(COMPAT_DATABASES)(
  'slots of killed processes come back on %s, and never are there more holders than slots',
  async (kind) => {
    await using database = await compatDatabase(kind);
    const server = await startOurServer({
      env: {
        PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS: String(REPOSSESSOR_SECONDS),
        ...database.settings,
      },
    });
    const holders: Holder[] = [];
    try {
      const api = `${server.url}/api`;
      const limits = `${api}/v2/concurrency_limits/`;
      await fetch(limits, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'shared', limit: SLOTS }),
      });
      holders.push(...Array.from({ length: HOLDERS }, () => startHolder(api, 'shared')));
      // Processes that start slowly would find most slots with the dead, and never compete for all.
      await waitFor(() => holders.filter(isHolding).length === SLOTS, { withinMillis: 30_000 });
      for (let killed = 0; killed < KILLED; killed += 1) {
        const victim = await waitFor(
          () => holders.find((one) => one.killedAt === null && isHolding(one)),
          { withinMillis: 20_000 },
        );
        victim.process.kill('SIGKILL');
        victim.killedAt = now();
        await pause(1500);
      }
      const lastDeath = Math.max(...holders.map(({ killedAt }) => killedAt ?? 0));
      await waitFor(
        () =>
          holders.every(
            ({ process: { exitCode, signalCode } }) => (exitCode ?? signalCode) !== null,
          ),
        { withinMillis: (WORK_SECONDS + 10) * 1000 },
      );
      const spans = holders.flatMap(spansOf);
      expect(spans.length).toBeGreaterThan(HOLDERS);
      expect(mostAtOnce(spans)).toBeLessThanOrEqual(SLOTS);
      expect(holders.flatMap(({ said }) => said.filter((one) => one.kind === 'lost'))).toEqual([]);
      const active = async (): Promise<number> => {
        const answer = await fetch(`${limits}shared`);
        return ((await answer.json()) as { active_slots: number }).active_slots;
      };
      await waitFor(async () => (await active()) === 0, {
        withinMillis: (LEASE_SECONDS + 5) * 1000,
      });
      const returnedAfter = (now() - lastDeath) / 1000;
      console.log(
        `${kind}: ${spans.length} turns of ${SLOTS} slots by ${HOLDERS} processes, ${KILLED} of them killed; most at once ${mostAtOnce(spans)}; all back ${returnedAfter.toFixed(1)} s after the last death.`,
      );
      expect(returnedAfter).toBeLessThan(LEASE_SECONDS + 5);
    } finally {
      for (const { process: child } of holders) child.kill('SIGKILL');
      await server.stop();
    }
  },
  180_000,
);
