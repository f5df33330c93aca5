import { existsSync } from 'node:fs';

import { run } from './child.mjs';
import { inRoot } from './root.mjs';

// Types are stripped without a flag or a warning, and node:sqlite has all that the driver uses, from here on.
const MINIMUM = { major: 24, minor: 12 };

/** Says to a child that it was started by this switch, so that a broken package cannot make it go round for ever. */
const SWITCHED = 'PREFECT_NODE_SWITCHED';

/** Whether a version of Node can run the server's TypeScript as it is. */
export const isModern = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM.major || (major === MINIMUM.major && minor >= MINIMUM.minor);
};

const packagedNode = () => {
  const isWindows = process.platform === 'win32';
  const folder = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
  const path = inRoot('node_modules', folder, 'bin', isWindows ? 'node.exe' : 'node');
  return existsSync(path) ? path : null;
};

const explain = (node) =>
  [
    `prefect-server needs Node ${MINIMUM.major}.${MINIMUM.minor} or newer; this is Node ${process.versions.node}.`,
    node === null
      ? `No packaged Node exists for ${process.platform}-${process.arch}: install Node 24 from https://nodejs.org and start again.`
      : 'The packaged Node is older than it should be: remove node_modules and start again.',
  ].join('\n');

/** Forgets the switch once it has succeeded: what this process starts may have to switch again. */
export const settleOnNode = () => {
  delete process.env[SWITCHED];
};

/** Starts a script over on the packaged Node; its exit code. */
export const switchNode = async (script, args) => {
  const node = packagedNode();
  if (node === null || process.env[SWITCHED] !== undefined) {
    console.error(explain(node));
    return 1;
  }
  return run(node, [...process.execArgv, script, ...args], {
    cwd: process.cwd(),
    env: { [SWITCHED]: '1' },
  });
};
