import { run } from './bootstrap/child.mjs';
import { prepareDashboard, prepareDataModel } from './bootstrap/prepare.mjs';
import { inRoot } from './bootstrap/root.mjs';
import { serve } from './bootstrap/serve.mjs';
import { hashOf } from './bootstrap/stamps.mjs';
import { runScript, runTool } from './bootstrap/tools.mjs';
import { test } from './test.mjs';

const web = inRoot('web');

/** Runs steps one after the other until one fails; its exit code. */
const inTurn = async (...steps) => {
  for (const step of steps) {
    const code = await step();
    if (code !== 0) return code;
  }
  return 0;
};

const format = (args) => runTool({ package: 'oxfmt' }, args);

const lint = (args) => runTool({ package: 'oxlint' }, ['--type-aware', ...args]);

const types = () =>
  inTurn(
    prepareDataModel,
    () => runTool({ package: 'typescript', bin: 'tsc' }, ['--noEmit', '-p', '.']),
    () => runTool({ package: '@sveltejs/kit', bin: 'svelte-kit' }, ['sync'], { cwd: web }),
    () => runTool({ package: 'svelte-check' }, ['--threshold', 'warning'], { cwd: web }),
  );

const generateContracts = () =>
  inTurn(
    () => runScript('scripts/print-schema.ts'),
    () => runScript('codegen.ts'),
    () => runScript('scripts/settings-document.ts'),
  );

const generate = () => inTurn(() => runScript('prisma/tools/generate.ts'), generateContracts);

const COMMITTED = ['schema/schema.graphql', 'client-gen', 'docs/settings.md'];

/** Fails when the committed output is not what the sources generate. */
const checkGenerated = async () => {
  const before = hashOf(COMMITTED);
  const code = await generateContracts();
  if (code !== 0 || hashOf(COMMITTED) === before) return code;
  console.error(
    `${COMMITTED.join(' or ')} was out of date; it has been generated again: commit it.`,
  );
  return 1;
};

const check = () =>
  inTurn(
    () => format(['--check']),
    () => lint([]),
    types,
    checkGenerated,
    () => test([]),
  );

const dev = async (args) => {
  const code = await prepareDataModel();
  if (code !== 0) return code;
  const server = run(process.execPath, ['--watch', 'server/main.ts', 'server', 'start', ...args]);
  const pages = runTool({ package: 'vite' }, ['dev'], { cwd: web });
  const codes = await Promise.all([server, pages]);
  return Math.max(...codes);
};

/** Every command that `npm run` knows; each takes the arguments after it and gives an exit code. */
export const commands = {
  start: (args) => serve(['server', 'start', ...args]),
  dev,
  generate,
  build: () => inTurn(prepareDataModel, prepareDashboard),
  check,
  format,
  lint,
  types,
  test,
  'test:sqlite': (args) => test(['--project', 'sqlite', ...args]),
  'test:postgresql': (args) => test(['--project', 'postgresql', ...args]),
  'test:compat': (args) => test(['--project', 'compat', ...args]),
  'test:differential': (args) =>
    test([
      '--project',
      'compat',
      'tests/compat/replay.test.ts',
      'tests/compat/interface',
      'tests/compat/walker/scenarios.test.ts',
      ...args,
    ]),
  'test:e2e': (args) => test(['--project', 'e2e', ...args]),
  bench: (args) => inTurn(prepareDataModel, () => runScript('tests/bench/run.ts', args)),
};
