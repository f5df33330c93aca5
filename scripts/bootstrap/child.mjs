import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';

import { inRoot, root } from './root.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The environment of a child: our tools and our Node come first on its path. */
const childEnv = (extra = {}) => {
  const path = [inRoot('node_modules', '.bin'), process.env.PATH].join(delimiter);
  return { ...process.env, PATH: path, ...extra };
};

/** Runs a program to its end, handing signals on to it; its exit code, or 128 and the signal's number. */
export const run = (command, args, { cwd = root, env = {}, isQuiet = false, shell = false } = {}) =>
  new Promise((resolve, reject) => {
    const stdio = isQuiet ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const child = spawn(command, args, { cwd, env: childEnv(env), stdio, shell });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    const forward = (signal) => child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of FORWARDED) process.off(name, forward);
      const status = code ?? 128 + constants.signals[signal];
      if (isQuiet && status !== 0) process.stderr.write(Buffer.concat(output));
      resolve(status);
    });
  });
