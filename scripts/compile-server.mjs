// Puts the modules of the server together: node scripts/compile-server.mjs <folder>. A process of its own, because the
// bundler takes half a gigabyte of memory, which the server would keep.
import { existsSync, globSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { rolldown } from 'rolldown';

import { inRoot } from './bootstrap/root.mjs';

/**
 * Files that are read beside the code keep their place, wherever the code itself runs from. Programs of threads are
 * compiled too: each thread that had to take the types out of its own would load 18 MB for that.
 */
const keepPlaces = (target) => ({
  name: 'keep-places',
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta/ },
    handler: (code, id) =>
      code
        .replaceAll(/join\(import\.meta\.dirname, '([a-z-]+-thread)\.ts'\)/g, (_match, name) =>
          JSON.stringify(join(target, `${name}.js`)),
        )
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
  },
});

const compile = async (target) => {
  const threads = globSync('server/**/*-thread.ts', { cwd: inRoot() });
  const bundle = await rolldown({
    input: ['server/main.ts', ...threads].map((path) => inRoot(path)),
    platform: 'node',
    // Prisma finds files beside its runtime; pg loads the native driver only where somebody has installed it.
    external: [/^@prisma\//, 'pg-native'],
    tsconfig: inRoot('tsconfig.json'),
    plugins: [keepPlaces(target)],
    logLevel: 'silent',
  });
  // Another process may be starting at the same moment, so the folder appears under its name only when it is whole.
  const scratch = `${target}.${process.pid}`;
  await bundle.write({ dir: scratch, format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  if (existsSync(target)) rmSync(scratch, { recursive: true });
  else renameSync(scratch, target);
};

await compile(process.argv[2]);
