import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot } from './root.mjs';
import { hashOf } from './stamps.mjs';
import { runScript } from './tools.mjs';

const SOURCES = [
  'server',
  'schema',
  'prisma/schema.prisma',
  'prisma/tools',
  'package.json',
  'package-lock.json',
];

const folder = inRoot('node_modules', '.cache', 'prefect-server', 'server');

// A server that is still running may load one of its files later, so the last few are kept.
const KEPT = 3;

const removeOld = () => {
  const age = (name) => statSync(join(folder, name)).mtimeMs;
  const newestFirst = readdirSync(folder).toSorted((left, right) => age(right) - age(left));
  for (const name of newestFirst.slice(KEPT))
    rmSync(join(folder, name), { recursive: true, force: true });
};

/**
 * The entry of the server to load: its two thousand modules put together into a few files, which halves the time of a
 * start, or the sources themselves where that cannot be done.
 */
export const compiledServer = async () => {
  const hash = hashOf(SOURCES);
  const entry = join(folder, hash, 'main.js');
  if (existsSync(entry)) return entry;
  console.error('Compiling the server…');
  try {
    mkdirSync(folder, { recursive: true });
    const code = await runScript('scripts/compile-server.mjs', [join(folder, hash)]);
    if (code !== 0) throw new Error('see above');
    removeOld();
    return entry;
  } catch (error) {
    console.error(`The server could not be compiled and starts from its sources: ${error.message}`);
    return inRoot('server', 'main.ts');
  }
};
