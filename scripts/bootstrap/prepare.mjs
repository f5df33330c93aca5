import { existsSync } from 'node:fs';

import { inRoot } from './root.mjs';
import { hashOf, isStamped, stamp } from './stamps.mjs';
import { runScript, runTool } from './tools.mjs';

/** A step whose result is kept until its inputs change. */
const STEPS = {
  'data model': {
    inputs: ['prisma/schema.prisma', 'prisma/tools', 'package-lock.json'],
    outputs: [
      'prisma/tables.ts',
      'prisma/pothos-types.ts',
      'prisma/client/sqlite/client.ts',
      'prisma/client/postgresql/client.ts',
    ],
    says: 'Generating the database client…',
    run: () => runScript('prisma/tools/generate.ts', [], { isQuiet: true }),
  },
  dashboard: {
    inputs: [
      'web/src',
      'web/static',
      'web/package.json',
      'web/vite.config.ts',
      'web/adapter.ts',
      'client-gen/web',
      'package-lock.json',
    ],
    outputs: ['web/build/index.html'],
    says: 'Building the dashboard…',
    run: () =>
      runTool({ package: 'vite' }, ['build', '--logLevel', 'error'], {
        cwd: inRoot('web'),
        isQuiet: true,
      }),
  },
};

const prepare = async (name) => {
  const { inputs, outputs, says, run } = STEPS[name];
  const hash = hashOf(inputs);
  const stampName = name.replace(' ', '-');
  if (isStamped(stampName, hash) && outputs.every((path) => existsSync(inRoot(path)))) return 0;
  console.error(says);
  const code = await run();
  if (code === 0) stamp(stampName, hash);
  return code;
};

/** Generates what the server's code needs from the data model, unless it is there; an exit code. */
export const prepareDataModel = () => prepare('data model');

/** Builds the pages of the dashboard unless they are there. The server runs without them, so a failure is only told. */
export const prepareDashboard = async () => {
  const code = await prepare('dashboard');
  if (code !== 0) console.error('The dashboard could not be built; the server starts without it.');
  return code;
};
