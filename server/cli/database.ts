import { createInterface } from 'node:readline/promises';

import type { Settings } from '../settings.ts';
import { databaseFailure, describeDatabase } from './database-failure.ts';
import { CommandFailure } from './failure.ts';

const confirm = async (question: string): Promise<void> => {
  if (!process.stdin.isTTY) throw new CommandFailure(`${question} Say so with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure('Nothing was changed.');
};

const explained = async <T>(settings: Settings, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw databaseFailure(settings, error);
  }
};

/** Brings the tables up to date. */
export const upgradeTables = async (settings: Settings): Promise<void> => {
  const { upgradeDatabase } = await import('../db/open.ts');
  const applied = await explained(settings, () => upgradeDatabase(settings));
  const what = applied.length === 0 ? 'was up to date' : `is up to date, by ${applied.join(', ')}`;
  console.log(`The database ${describeDatabase(settings)} ${what}.`);
};

/** Removes all data, once somebody has agreed to it. */
export const resetTables = async (
  settings: Settings,
  { isAgreed }: { readonly isAgreed: boolean },
): Promise<void> => {
  if (!isAgreed) await confirm(`All data in ${describeDatabase(settings)} would be removed.`);
  const { resetDatabase } = await import('../db/open.ts');
  await explained(settings, () => resetDatabase(settings));
  console.log(`The database ${describeDatabase(settings)} is empty.`);
};
