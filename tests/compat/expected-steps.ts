import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ClientVersion } from './python-client.ts';

export type Steps = Readonly<Record<string, unknown>>;

const read = (name: string): Steps =>
  // `record.ts` writes an object of steps.
  JSON.parse(readFileSync(join(import.meta.dirname, 'expected', `${name}.json`), 'utf8')) as Steps;

/** Without the steps that a version does not have, and those that told nothing: both are null. */
export const withoutMissing = (steps: Steps): Steps =>
  Object.fromEntries(Object.entries(steps).filter(([, told]) => told !== null));

/** What a story with steps came to on the real server; of the older client only what is different is kept. */
export const expectedSteps = (name: string, version: ClientVersion): Steps =>
  withoutMissing({ ...read(name), ...(version === '3.9.1' ? {} : read(`${name}-${version}`)) });
