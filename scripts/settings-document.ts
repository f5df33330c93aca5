// Writes docs/settings.md from the table of settings.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isSetting, listSettings, type Setting } from '#server/settings/setting.ts';
import { settingsTable } from '#server/settings/table.ts';

const HEAD = `# Settings

Every setting is an environment variable, under the name that Prefect gives it. It may also be set where Prefect's own server
looks for it: in a file \`.env\` or \`prefect.toml\` in the folder that the server is started from, in \`pyproject.toml\` there under
\`[tool.prefect]\`, and in the active profile of \`profiles.toml\` in \`PREFECT_HOME\`, where \`prefect config set\` leaves it. In a
\`prefect.toml\` a variable is spelled by its tables: \`port\` under \`[server.api]\` is \`PREFECT_SERVER_API_PORT\`. The
environment wins over files, an earlier file over a later one; options of \`prefect server start\` win over everything. Older names
still count, the present name wins over them. A value that cannot be read stops the server with a sentence that names it; a
variable that begins with \`PREFECT_SERVER_\` and is none of these is told in the log.

Spans of time are numbers of seconds, ISO 8601 durations (\`PT15M\`) or clocks (\`2 days, 01:30:00\`).

This page is generated from \`server/settings/\` by \`npm run generate\`.
`;

const TITLES: Readonly<Record<string, string>> = {
  general: 'General',
  client: 'Asking for a running server',
  api: 'Listening and answering',
  ui: 'Dashboard',
  database: 'Database',
  services: 'Background services',
  events: 'Events and triggers',
  concurrency: 'Concurrency limits',
  deployments: 'Deployments',
  tasks: 'Task runs',
  workerChannel: 'Worker channel',
  flowRunGraph: 'Flow run graph',
  logs: 'Log stream',
  docket: "Prefect's queue of background work",
  ephemeral: 'Servers that clients start',
};

const inline = (value: unknown): string => {
  if (value === null) return 'not set';
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const row = ({ env, fallback, kind, about, ignored }: Setting<unknown>): string => {
  const [name = '', ...older] = env;
  const names = [`\`${name}\``, ...older.map((alias) => `<br>formerly \`${alias}\``)].join('');
  const effect = ignored === undefined ? about : `${about} *Accepted without effect: ${ignored}.*`;
  return `| ${names} | ${inline(fallback)} | ${kind.expects} | ${effect} |`;
};

const section = (title: string, settings: readonly Setting<unknown>[]): string =>
  [
    `## ${title}`,
    '',
    '| variable | default | value | what it does |',
    '|---|---|---|---|',
    ...settings.map(row),
    '',
  ].join('\n');

/** The whole page: one table a group. */
export const renderSettings = (): string => {
  const entries = Object.entries(settingsTable);
  const general = entries.map(([, node]) => node).filter((node) => isSetting(node));
  const groups = entries.filter(([, node]) => !isSetting(node));
  const sections = [
    section(TITLES['general'] ?? '', general),
    ...groups.map(([name, group]) => section(TITLES[name] ?? name, listSettings(group))),
  ];
  return [HEAD, ...sections].join('\n');
};

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, '../docs/settings.md'), renderSettings());
}
