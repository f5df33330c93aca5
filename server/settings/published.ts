import { join } from 'node:path';

import { numberOf } from '../lossless-json.ts';
import type { Settings } from '../settings.ts';
import { formatDuration } from './duration.ts';
import { isSetting, type Setting } from './setting.ts';
import { settingsTable } from './table.ts';

/** A tree of JSON values under Prefect's own names. */
export interface PublishedTree {
  [name: string]: unknown;
}

const MASK = '**********';

const spansToText = (value: unknown): unknown => {
  if (typeof value === 'number') return formatDuration(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, span]) => [name, spansToText(span)]));
};

const publish = ({ kind }: Setting<unknown>, value: unknown): unknown => {
  if (kind.isSecret === true) return value === null ? null : MASK;
  if (kind.isFloat === true && Number.isInteger(value)) return numberOf(`${String(value)}.0`);
  return kind.isDuration === true ? spansToText(value) : value;
};

const isTree = (value: unknown): value is PublishedTree =>
  typeof value === 'object' && value !== null;

const place = (tree: PublishedTree, key: string, value: unknown): void => {
  const path = key.split('.');
  const name = path.pop() ?? key;
  const branch = path.reduce<PublishedTree>((parent, part) => {
    const child = parent[part];
    if (isTree(child)) return child;
    const created: PublishedTree = {};
    parent[part] = created;
    return created;
  }, tree);
  branch[name] = value;
};

const placeAll = (tree: PublishedTree, table: object, values: object): void => {
  const valueOf = new Map<string, unknown>(Object.entries(values));
  for (const [name, node] of Object.entries(table)) {
    const value = valueOf.get(name);
    if (isSetting(node)) place(tree, node.key, publish(node, value));
    else placeAll(tree, node, isTree(value) ? value : {});
  }
};

/** All settings in Prefect's tree and spelling, secrets masked, as `GET /admin/settings` answers. */
export const publishedSettings = (settings: Settings): PublishedTree => {
  const tree: PublishedTree = {};
  placeAll(tree, settingsTable, settings);
  const { api, home, ui } = settings;
  // Prefect works these out when nothing is set, and shows what it has worked out.
  place(tree, 'server.memo_store_path', settings.memoStorePath ?? join(home, 'memo_store.toml'));
  place(tree, 'server.database.connection_url', MASK);
  place(
    tree,
    'server.ui.api_url',
    ui.apiUrl ?? `http://${api.host}:${api.port}${api.basePath ?? '/api'}`,
  );
  return tree;
};
