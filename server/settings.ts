import { homedir } from 'node:os';
import { resolve } from 'node:path';

import packageJson from '../package.json' with { type: 'json' };
import { databaseTarget, type DatabaseTarget } from './settings/database-target.ts';
import { listSettings, readTree, type ValuesOf } from './settings/setting.ts';
import { readSources } from './settings/sources.ts';
import { settingsTable } from './settings/table.ts';

type TableValues = ValuesOf<typeof settingsTable>;

/** Everything that can be set, read once at start and handed down; nothing else reads the environment. */
export type Settings = TableValues & {
  /** The version of this package, as opposed to the version of Prefect that it reports. */
  readonly serverVersion: string;
  readonly database: { readonly target: DatabaseTarget };
};

/** Changes to settings, of any depth; what is undefined stays as it is. */
export type SettingsOverrides<Part = Settings> = {
  readonly [Name in keyof Part]?: Override<Part[Name]> | undefined;
};

type Override<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? SettingsOverrides<Value>
    : Value;

const expandHome = (path: string): string => resolve(path.replace(/^~(?=$|[/\\])/, homedir()));

/** The settings that environment variables ask for; a bad value is an INVALID error that names it and what is allowed. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const values = readTree(settingsTable, env);
  const home = expandHome(values.home);
  return {
    ...values,
    home,
    serverVersion: packageJson.version,
    database: { ...values.database, target: databaseTarget(values.database, home) },
  };
};

/** The process's environment, completed by the files of the given folder and by Prefect's active profile. */
export const readEnvironment = (folder: string): NodeJS.ProcessEnv =>
  readSources(folder, process.env);

const isBranch = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (base: object, overrides: object): object => {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const current = merged.get(name);
    merged.set(name, isBranch(current) && isBranch(value) ? merge(current, value) : value);
  }
  return Object.fromEntries(merged);
};

/** Settings with some of them replaced, as options of the command line and tests do. */
export const withSettings = (base: Settings, overrides: SettingsOverrides): Settings =>
  // A merge of settings and a part of settings has the shape of settings again.
  merge(base, overrides) as Settings;

const knownNames = new Set(listSettings(settingsTable).flatMap(({ env }) => env));

/** Variables that are spelled like a setting of the server and are none, most likely by mistake. */
export const unknownVariables = (env: NodeJS.ProcessEnv): readonly string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('PREFECT_SERVER_') && !knownNames.has(name))
    .toSorted();
