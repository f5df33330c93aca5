import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

import { compiledServer } from './compile.mjs';
import { prepareDashboard, prepareDataModel } from './prepare.mjs';
import { inRoot } from './root.mjs';

const DISABLED = /^(0|f|false|n|no|off)$/i;

const isStart = (args) => args[0] === 'server' && args[1] === 'start' && !args.includes('--help');

const wantsDashboard = (args) =>
  !DISABLED.test(process.env.PREFECT_SERVER_UI_ENABLED ?? process.env.PREFECT_UI_ENABLED ?? '') &&
  !args.includes('--no-ui');

/** Runs the command line in this very process, so that signals reach it directly and no time is lost. */
export const serve = async (args) => {
  const code = await prepareDataModel();
  if (code !== 0) return code;
  if (isStart(args) && wantsDashboard(args)) await prepareDashboard();
  const entry = isStart(args) ? await compiledServer() : inRoot('server', 'main.ts');
  enableCompileCache(inRoot('node_modules', '.cache', 'prefect-server', 'compiled'));
  process.argv.splice(2, process.argv.length, ...args);
  await import(pathToFileURL(entry).href);
  return undefined;
};
