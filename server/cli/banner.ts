import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from '../settings.ts';
import { describeDatabase } from './database-failure.ts';

const DASHBOARD_PAGE = join(import.meta.dirname, '../../web/build/index.html');

/** An address that listens everywhere is reached by the machine's own name. */
const reachable = (url: string): string =>
  url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]').replace(/\/$/, '');

const dashboardLine = (settings: Settings, url: string): string => {
  if (!settings.ui.enabled) return 'disabled (--ui turns it on)';
  if (!existsSync(DASHBOARD_PAGE)) return 'not built (npm run build does it)';
  return `${url}${settings.ui.serveBase}`;
};

const foreignFile = ({ home, database }: Settings): readonly string[] => {
  const path = join(home, 'prefect.db');
  const isBeside = database.target.kind === 'sqlite' && existsSync(path);
  return isBeside ? [`              ${path} is of Prefect's own server and left alone`] : [];
};

/** What a person reads when the server has started; `url` is where it listens. */
export const banner = (settings: Settings, url: string): string => {
  const base = reachable(url);
  const api = `${base}${settings.api.basePath ?? '/api'}`;
  const lines = [
    '',
    `  ▌ prefect-server ${settings.serverVersion}`,
    '',
    `  REST API    ${api}`,
    `  GraphQL     ${base}/graphql`,
    `  Explorer    ${base}/docs`,
    `  Dashboard   ${dashboardLine(settings, base)}`,
    `  Data        ${describeDatabase(settings)}`,
    ...foreignFile(settings),
    '',
    `  Let flows report here:  prefect config set PREFECT_API_URL=${api}`,
    '  Stop it with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
};
