import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { inRoot } from './root.mjs';

const stampPath = (name) => inRoot('node_modules', '.cache', 'prefect-server', `${name}.stamp`);

const IGNORED = new Set(['node_modules', '.svelte-kit', 'build']);

const listFiles = (path) => {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .filter((entry) => !IGNORED.has(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) =>
      entry.isDirectory() ? listFiles(join(path, entry.name)) : [join(path, entry.name)],
    )
    .toSorted();
};

const filesOf = (path) => (/\.\w+$/.test(path) ? [inRoot(path)] : listFiles(inRoot(path)));

/** One hash over the contents of files and whole folders, given relative to the root. */
export const hashOf = (paths) => {
  const hash = createHash('sha1');
  for (const file of paths.flatMap(filesOf)) {
    hash.update(`${file}\n`);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
};

/** Whether the last run of a step was for the same inputs. */
export const isStamped = (name, hash) =>
  existsSync(stampPath(name)) && readFileSync(stampPath(name), 'utf8') === hash;

/** Remembers that a step has run for these inputs. */
export const stamp = (name, hash) => {
  mkdirSync(dirname(stampPath(name)), { recursive: true });
  writeFileSync(stampPath(name), hash);
};
