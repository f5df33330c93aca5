import { existsSync, readFileSync } from 'node:fs';

import { run } from './child.mjs';
import { inRoot } from './root.mjs';
import { hashOf, isStamped, stamp } from './stamps.mjs';

const MANIFESTS = [
  'package.json',
  'package-lock.json',
  'web/package.json',
  'client-gen/package.json',
];

const readLock = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Whether somebody's own `npm install` has already put there what the lock asks for. */
const isInstalled = () => {
  const hidden = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const present = readLock(hidden);
  return Object.entries(readLock(inRoot('package-lock.json'))).every(
    ([path, { version, optional, link }]) => {
      const isOwn = link === true || !path.includes('node_modules');
      return isOwn || optional === true || present[path]?.version === version;
    },
  );
};

const npm = () => {
  const script = process.env.npm_execpath;
  if (script !== undefined && script.endsWith('.js'))
    return { command: process.execPath, args: [script] };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
};

/** Installs the dependencies when the lock has changed since they were; the exit code of npm. */
export const installDependencies = async () => {
  const hash = hashOf(MANIFESTS);
  if (isStamped('install', hash)) return 0;
  if (!isInstalled()) {
    console.error('Installing the dependencies (this happens once)…');
    const { command, args, shell } = npm();
    const flags = [
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--engine-strict=false',
    ];
    // The tools are needed to build, whatever a caller's NODE_ENV or npm settings leave out.
    const code = await run(
      command,
      [...args, 'ci', '--include=dev', '--include=optional', ...flags],
      { shell },
    );
    if (code !== 0) {
      console.error(
        'npm could not install the dependencies: see its message above, then start again.',
      );
      return code;
    }
  }
  stamp('install', hash);
  return 0;
};
