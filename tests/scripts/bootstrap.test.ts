import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const run = (node: string, { script, args, env = {} }: RunInput) => {
  const { status, stdout, stderr } = spawnSync(node, [join(root, 'scripts', script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
};

interface RunInput {
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A Node that is too old for the server, if this machine has one outside of the packages. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find(
    (path) =>
      existsSync(path) &&
      /^v(18|20|22)\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout),
  );

test('a command that does not exist is refused with those that do', () => {
  expect(run(process.execPath, { script: 'run.mjs', args: ['strat'] })).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^There is no command strat; there are start, dev, generate.*\n$/,
    ),
  });
});

describe('on a Node that is too old', () => {
  test('the program goes over to the packaged one', ({ skip }) => {
    if (oldNode === undefined) return skip('this machine has no older Node');
    expect(run(oldNode, { script: 'prefect.mjs', args: ['--version'] })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('prefect-server'),
    });
  });

  test('exit codes and arguments pass through', ({ skip }) => {
    if (oldNode === undefined) return skip('this machine has no older Node');
    expect(
      run(oldNode, {
        script: 'prefect.mjs',
        args: ['server', 'start', '--no-ui', '--port', 'a b'],
      }),
    ).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("'a b'"),
    });
  });

  test('a packaged Node that is none ends in a message, not in a loop', ({ skip }) => {
    if (oldNode === undefined) return skip('this machine has no older Node');
    const env = { PREFECT_NODE_SWITCHED: '1' };
    expect(run(oldNode, { script: 'prefect.mjs', args: ['--version'], env })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^prefect-server needs Node 24/),
    });
  });
});
