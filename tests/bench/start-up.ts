import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { cpuSecondsOf, memoryMegabytesOf } from './process-tree.ts';
import { startServerOf } from './servers.ts';
import { median } from './statistics.ts';
import type { Target } from './target.ts';

const IDLE_SECONDS = 5;

export interface StartUp {
  readonly target: Target['name'];
  readonly newDatabaseSeconds: number;
  readonly existingDatabaseSeconds: number;
  readonly cpuSeconds: number;
  readonly idleMegabytes: number;
}

/** Starts both servers in turns: once on no database, then on the one that is there. */
export const measureStartUp = async (options: {
  readonly names: readonly Target['name'][];
  readonly prefect: string;
  readonly rounds: number;
}): Promise<readonly StartUp[]> => {
  const { names, prefect, rounds } = options;
  const results = names.map((name) => ({
    name,
    home: mkdtempSync(join(tmpdir(), 'prefect-bench-home-')),
    readySeconds: [] as number[],
    cpuSeconds: [] as number[],
    megabytes: [] as number[],
  }));
  // Whatever has to be built is built before anything is measured.
  for (const { name } of results) {
    await (await startServerOf({ name, prefect }, { readyWithinSeconds: 600 })).stop();
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const result of results) {
      const server = await startServerOf({ name: result.name, prefect }, { home: result.home });
      result.readySeconds.push(server.readyAfterMillis / 1000);
      if (round > 0) {
        result.cpuSeconds.push(cpuSecondsOf([server.pid]));
        await pause(IDLE_SECONDS * 1000);
        result.megabytes.push(memoryMegabytesOf([server.pid]));
      }
      await server.stop();
    }
  }
  return results.map(({ name, home, readySeconds, cpuSeconds, megabytes }) => {
    rmSync(home, { recursive: true, force: true });
    return {
      target: name,
      newDatabaseSeconds: readySeconds[0] ?? Number.NaN,
      existingDatabaseSeconds: median(readySeconds.slice(1)),
      cpuSeconds: median(cpuSeconds),
      idleMegabytes: median(megabytes),
    };
  });
};
