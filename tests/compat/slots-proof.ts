import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Stage, clientSettings } from './client-stories.ts';
import { pythonScript } from './python-client.ts';
import { patientCall, patientWait } from './rest-call.ts';
import { startCommand } from './run-command.ts';

const LIMIT = 'proof-slots';

/** The shortest lease that there is. */
const LEASE_SECONDS = 60;

export interface SlotsProof {
  readonly processes: number;
  readonly slots: number;
  readonly kills: number;
  readonly withinMillis: number;
  readonly say?: (what: string) => void;
}

export interface SlotsReport {
  readonly entered: number;
  readonly mostHolders: number;
  readonly killed: number;
  /** From the kill until as many held slots at once as there are, and how long nobody entered at all. */
  readonly allSlotsBackAfterSeconds: number | null;
  readonly longestStillnessSeconds: number;
  readonly faults: readonly string[];
}

interface Note {
  readonly what: string;
  readonly pid: number;
  readonly at: number;
}

const readNotes = (file: string): readonly Note[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [what = '', pid, at] = line.split(' ');
      return { what, pid: Number(pid), at: Number(at) };
    });

const holdersOf = (notes: readonly Note[]): ReadonlySet<number> => {
  const holders = new Set<number>();
  for (const { what, pid } of notes) {
    if (what === 'enter') holders.add(pid);
    else holders.delete(pid);
  }
  return holders;
};

/** Ends holders for certain until enough are dead; a process that left in this very moment does not count. */
const killHolders = async (
  file: string,
  { kills, withinMillis }: SlotsProof,
): Promise<number[]> => {
  const killed: number[] = [];
  await patientWait(
    () => {
      const living = [...holdersOf(readNotes(file))].filter((pid) => !killed.includes(pid));
      const victim = living[Math.floor(Math.random() * living.length)];
      if (victim === undefined) return killed.length >= kills;
      process.kill(victim, 'SIGKILL');
      // What it did last may not have been read yet: whoever left before it died held nothing.
      const isDeadHolder = holdersOf(readNotes(file)).has(victim);
      writeFileSync(file, `killed ${victim} ${Date.now() / 1000}\n`, { flag: 'a' });
      if (isDeadHolder) killed.push(victim);
      return killed.length >= kills;
    },
    { withinMillis, what: 'holders to kill' },
  );
  return killed;
};

const measure = (notes: readonly Note[], slots: number) => {
  const killedAt = Math.max(...notes.filter(({ what }) => what === 'killed').map(({ at }) => at));
  const holders = new Set<number>();
  let mostHolders = 0;
  let fullAt: number | null = null;
  for (const { what, pid, at } of notes.toSorted((one, other) => one.at - other.at)) {
    if (what === 'enter') holders.add(pid);
    else holders.delete(pid);
    mostHolders = Math.max(mostHolders, holders.size);
    if (at > killedAt && holders.size === slots) fullAt ??= at;
  }
  const entries = notes.filter(({ what }) => what === 'enter').map(({ at }) => at);
  const gaps = entries.toSorted((one, other) => one - other);
  return {
    entered: entries.length,
    mostHolders,
    allSlotsBackAfterSeconds: fullAt === null ? null : Math.round((fullAt - killedAt) * 10) / 10,
    longestStillnessSeconds: Math.max(
      0,
      ...gaps.slice(1).map((at, index) => at - (gaps[index] ?? at)),
    ),
  };
};

/** Lets processes use a limit, kills some that hold a slot, and tells whether the slots came back and were kept to. */
export const proveSlots = async (stage: Stage, proof: SlotsProof): Promise<SlotsReport> => {
  const { withinMillis, slots } = proof;
  const [file, stop] = [join(stage.folder, 'slots.txt'), join(stage.folder, 'slots.stop')];
  await patientCall(stage.url, '/v2/concurrency_limits/', { body: { name: LIMIT, limit: slots } });
  const commands = Array.from({ length: proof.processes }, () =>
    startCommand({
      program: stage.python,
      args: [pythonScript('slots_story.py'), LIMIT, file, stop, String(LEASE_SECONDS)],
      env: clientSettings(stage),
    }),
  );
  const readyCount = (): number => readNotes(file).filter(({ what }) => what === 'ready').length;
  try {
    await patientWait(() => readyCount() === proof.processes, { withinMillis, what: 'processes' });
    proof.say?.('all processes are there');
    const killed = await killHolders(file, proof);
    proof.say?.(`killed ${killed.length} holders`);
    const isBack = (): boolean => measure(readNotes(file), slots).allSlotsBackAfterSeconds !== null;
    await patientWait(isBack, { withinMillis, what: 'slots to come back' }).catch(() => undefined);
    writeFileSync(stop, '');
    const faults: string[] = [];
    const active = async (): Promise<number> => {
      const path = `/v2/concurrency_limits/${LIMIT}`;
      return (await patientCall<{ active_slots: number }>(stage.url, path)).active_slots;
    };
    for (const command of commands) await command.done;
    await patientWait(async () => (await active()) === 0, {
      withinMillis,
      what: 'no slot to be taken',
    }).catch((error: unknown) => faults.push(String(error)));
    const result = measure(readNotes(file), slots);
    if (result.mostHolders > slots) faults.push(`${result.mostHolders} holders of ${slots} slots`);
    if (result.allSlotsBackAfterSeconds === null) faults.push('slots of the dead never came back');
    return { ...result, killed: killed.length, faults };
  } finally {
    for (const command of commands) command.signal('SIGKILL');
  }
};
