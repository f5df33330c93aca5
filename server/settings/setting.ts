import { ServerError } from '../errors.ts';
import type { Kind } from './kinds.ts';

export interface SettingOptions<Value> {
  readonly fallback: Value;
  /** One sentence of what it does. */
  readonly about: string;
  /** An older environment name that still counts. */
  readonly alias?: string;
  /** Why it is accepted without an effect; absent when it is honoured. */
  readonly ignored?: string;
}

/** One setting: its place in Prefect's tree, what it accepts and what it does. */
export interface Setting<Value> extends SettingOptions<Value> {
  /** Prefect's name of it, such as `server.api.port`. */
  readonly key: string;
  /** The environment names that set it, the leading one first. */
  readonly env: readonly string[];
  readonly kind: Kind<Value>;
}

/** The values of a tree of settings, in the same shape. */
export type ValuesOf<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Setting<infer Value>
    ? Value
    : ValuesOf<Tree[Name]>;
};

/** Describes a setting; its environment name follows from its key. */
export const setting = <Value>(
  key: string,
  kind: Kind<Value>,
  options: SettingOptions<NoInfer<Value>>,
): Setting<Value> => {
  const name = `PREFECT_${key.toUpperCase().replaceAll('.', '_')}`;
  return {
    ...options,
    key,
    kind,
    env: options.alias === undefined ? [name] : [name, options.alias],
  };
};

/** Whether a branch of a tree is a setting itself. */
export const isSetting = (node: unknown): node is Setting<unknown> =>
  typeof node === 'object' && node !== null && 'kind' in node && 'fallback' in node;

const readSetting = (node: Setting<unknown>, env: NodeJS.ProcessEnv): unknown => {
  const name = node.env.find((candidate) => env[candidate] !== undefined);
  const given = name === undefined ? undefined : env[name];
  if (name === undefined || given === undefined) return node.fallback;
  if (given.trim() === '' && node.kind.readsEmpty !== true) return node.fallback;
  const value = node.kind.parse(given);
  if (value !== undefined) return value;
  const shown = node.kind.isSecret === true ? 'a secret value' : JSON.stringify(given);
  throw new ServerError('INVALID', `${name} is ${shown}, but it must be ${node.kind.expects}.`);
};

/** Reads a tree of settings from environment variables; a value that cannot be read is an INVALID error naming it. */
export const readTree = <Tree extends object>(
  tree: Tree,
  env: NodeJS.ProcessEnv,
): ValuesOf<Tree> => {
  const values = Object.entries(tree).map(([name, node]) => [
    name,
    isSetting(node) ? readSetting(node, env) : readTree(node, env),
  ]);
  // Object.fromEntries forgets the names; the mapped type says what the loop above has built.
  return Object.fromEntries(values) as ValuesOf<Tree>;
};

/** Every setting of a tree, in the order it is written in. */
export const listSettings = (tree: object): readonly Setting<unknown>[] =>
  Object.values(tree).flatMap((node: object) => (isSetting(node) ? [node] : listSettings(node)));
