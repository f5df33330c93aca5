import { existsSync, readFileSync, rmSync } from 'node:fs';

import { compiledServer } from './bootstrap/compile.mjs';
import { prepareDashboard, prepareDataModel } from './bootstrap/prepare.mjs';
import { inRoot } from './bootstrap/root.mjs';
import { runTool } from './bootstrap/tools.mjs';

const summaryPath = inRoot('node_modules', '.cache', 'prefect-server', 'test-summary.json');

const readSummary = () =>
  existsSync(summaryPath)
    ? JSON.parse(readFileSync(summaryPath, 'utf8'))
    : { passed: 0, failed: 1, skipped: 0, reasons: {} };

const report = ({ passed, failed, skipped, reasons }) => {
  for (const [reason, count] of Object.entries(reasons)) console.log(`skipped ${count}: ${reason}`);
  console.log(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
};

const needsDashboard = (args) => !args.includes('--project') || args.includes('e2e');

/** Runs the tests and ends with one plain line of how many passed, failed and were skipped; an exit code. */
export const test = async (args) => {
  const prepared = await prepareDataModel();
  if (prepared !== 0) return prepared;
  if (needsDashboard(args)) await prepareDashboard();
  // Tests that start the program should not each find it uncompiled.
  await compiledServer();
  rmSync(summaryPath, { force: true });
  const code = await runTool({ package: 'vitest' }, ['run', ...args]);
  const summary = readSummary();
  // A crash of the runner itself counts no test as failed, but it is a failure.
  const counted = code !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary;
  report(counted);
  return counted.failed > 0 ? 1 : code;
};
