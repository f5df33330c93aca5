import { fileURLToPath } from 'node:url';

import { installDependencies } from './install.mjs';
import { isModern, settleOnNode, switchNode } from './node-version.mjs';

/**
 * Brings a script from a bare machine to a state in which it can use everything: dependencies installed, on a Node
 * that runs TypeScript. Then runs its body, here or in a process of that Node, and sets the exit code.
 */
export const enter = async (scriptUrl, body) => {
  const args = process.argv.slice(2);
  const installed = await installDependencies();
  if (installed !== 0) {
    process.exitCode = installed;
    return;
  }
  if (!isModern(process.versions.node)) {
    process.exitCode = await switchNode(fileURLToPath(scriptUrl), args);
    return;
  }
  settleOnNode();
  const code = await body(args);
  if (code !== undefined) process.exitCode = code;
};
