import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { parse } from 'smol-toml';

import { ServerError, toError } from '../errors.ts';
import { type Setting, listSettings } from './setting.ts';
import { settingsTable } from './table.ts';

type Variables = NodeJS.Dict<string>;

const settingOf = new Map(
  listSettings(settingsTable).flatMap((setting) =>
    setting.env.map((name): readonly [string, Setting<unknown>] => [name, setting]),
  ),
);

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('toISOString' in value);

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Most folders have no such file, and one that cannot be read is like none.
    return null;
  }
};

const readToml = (path: string): Readonly<Record<string, unknown>> => {
  const text = readText(path);
  if (text === null) return {};
  try {
    return parse(text);
  } catch (error) {
    const [line] = toError(error).message.split('\n');
    throw new ServerError('INVALID', `${path} is no TOML that can be read: ${line}`);
  }
};

/** A value of TOML as the text that an environment variable would have. */
const toText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The variables that stand for the entries of a tree of tables: `[server.api] port` is `PREFECT_SERVER_API_PORT`. */
const variablesOf = (tree: Readonly<Record<string, unknown>>, prefix = 'PREFECT'): Variables =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]): [string, string][] => {
      const name = `${prefix}_${key.toUpperCase()}`;
      // Some settings are tables themselves.
      return isTable(value) && !settingOf.has(name)
        ? Object.entries(variablesOf(value, name)).map(([inner, text]) => [inner, text ?? ''])
        : [[name, toText(value)]];
    }),
  );

const partOf = (tree: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> => {
  let part = tree;
  for (const step of path) part = isTable(part) ? part[step] : undefined;
  return isTable(part) ? part : {};
};

const readProject = (folder: string): Variables => {
  try {
    return variablesOf(partOf(readToml(join(folder, 'pyproject.toml')), 'tool', 'prefect'));
  } catch {
    // It belongs to others, who will hear of it from those whom it concerns.
    return {};
  }
};

/** The profile that `prefect profile use` has chosen. */
const readProfile = (variables: Variables): Variables => {
  const home = variables['PREFECT_HOME']?.replace(/^~(?=$|[/\\])/, homedir());
  const path =
    variables['PREFECT_PROFILES_PATH'] ??
    join(home ?? join(homedir(), '.prefect'), 'profiles.toml');
  const file = readToml(path);
  const active = variables['PREFECT_PROFILE'] ?? file['active'];
  if (typeof active !== 'string') return {};
  const entries = Object.entries(partOf(file, 'profiles', active));
  return Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), toText(value)]));
};

const isGiven = (name: string, value: string | undefined): boolean =>
  value !== undefined && (value.trim() !== '' || settingOf.get(name)?.kind.readsEmpty === true);

/** Completes variables by those of a source that counts less: what is set under any of its names stays as it is. */
const complete = (variables: Variables, source: Variables): Variables => {
  const isSet = (name: string): boolean =>
    (settingOf.get(name)?.env ?? [name]).some((other) => isGiven(other, variables[other]));
  const missing = Object.entries(source).filter(([name]) => !isSet(name));
  return { ...variables, ...Object.fromEntries(missing) };
};

/**
 * All that is set for a server that starts in a folder, as environment variables: the process's own first, then `.env`,
 * `prefect.toml`, the part `tool.prefect` of `pyproject.toml`, and the active profile.
 */
export const readSources = (folder: string, own: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const files = [
    parseEnv(readText(join(folder, '.env')) ?? ''),
    variablesOf(readToml(join(folder, 'prefect.toml'))),
    readProject(folder),
  ];
  const variables = files.reduce(complete, own);
  return complete(variables, readProfile(variables));
};
