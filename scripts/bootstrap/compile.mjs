import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { inRoot } from './root.mjs';
import { hashOf } from './stamps.mjs';

const SOURCES = [
  'server',
  'schema',
  'prisma/schema.prisma',
  'prisma/tools',
  'package.json',
  'package-lock.json',
];

const folder = inRoot('node_modules', '.cache', 'prefect-server', 'server');

/** Files that are read beside the code keep their place, wherever the code itself runs from. */
const keepPlaces = {
  name: 'keep-places',
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta/ },
    handler: (code, id) =>
      code
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
  },
};

const compile = async (target) => {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: inRoot('server', 'main.ts'),
    platform: 'node',
    // Prisma finds files beside its runtime; pg loads the native driver only where somebody has installed it.
    external: [/^@prisma\//, 'pg-native'],
    tsconfig: inRoot('tsconfig.json'),
    plugins: [keepPlaces],
    logLevel: 'silent',
  });
  // Another process may be starting at the same moment, so the folder appears under its name only when it is whole.
  const scratch = `${target}.${process.pid}`;
  await bundle.write({ dir: scratch, format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  if (existsSync(target)) rmSync(scratch, { recursive: true });
  else renameSync(scratch, target);
};

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
    await compile(join(folder, hash));
    removeOld();
    return entry;
  } catch (error) {
    console.error(`The server could not be compiled and starts from its sources: ${error.message}`);
    return inRoot('server', 'main.ts');
  }
};
