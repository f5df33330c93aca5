import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const MODULE = join(import.meta.dirname, '../../scripts/bootstrap/parent.mjs');

/** A program under a shell, as npm starts one. */
const PROGRAM = `
  import { endWithShellOfNpm } from ${JSON.stringify(MODULE)};
  void endWithShellOfNpm();
  process.on('SIGTERM', () => { console.log('stopped'); process.exit(); });
  setTimeout(() => { console.log('went on'); process.exit(); }, 3000);
  console.log('started');
`;

const lastWords = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const shell = spawn(
    'sh',
    ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, PROGRAM],
    {
      env: { ...process.env, npm_lifecycle_event: undefined, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let out = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out === 'started\n') shell.kill('SIGTERM');
  });
  await once(shell, 'close');
  return out;
};

test.skipIf(process.platform === 'win32')(
  'who is run by npm ends when its shell was ended',
  async () => {
    expect(await lastWords({ npm_lifecycle_event: 'start' })).toBe('started\nstopped\n');
  },
);

test.skipIf(process.platform === 'win32')('whoever is run by another shell goes on', async () => {
  expect(await lastWords({})).toBe('started\nwent on\n');
});
