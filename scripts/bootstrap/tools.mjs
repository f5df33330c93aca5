import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { run } from './child.mjs';
import { root } from './root.mjs';

const findPackage = (name, cwd) => {
  const folder = [cwd, root]
    .map((base) => join(base, 'node_modules', name))
    .find((path) => existsSync(path));
  if (folder === undefined)
    throw new Error(`The package ${name} is not installed: remove node_modules and start again.`);
  return folder;
};

/** The script behind a command that a package brings, found from a workspace first. */
const toolPath = ({ package: name, bin = name }, cwd) => {
  const folder = findPackage(name, cwd);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]);
};

/** Runs the command of an installed package on this Node; its exit code. */
export const runTool = (tool, args, options = {}) =>
  run(process.execPath, [toolPath(tool, options.cwd ?? root), ...args], options);

/** Runs one of our own TypeScript files on this Node; its exit code. */
export const runScript = (path, args = [], options = {}) =>
  run(process.execPath, [path, ...args], options);
