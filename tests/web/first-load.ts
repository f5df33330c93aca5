import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const web = join(import.meta.dirname, '..', '..', 'web');
const client = join(web, '.svelte-kit', 'output', 'client');

type Chunk = {
  readonly file: string;
  readonly name?: string;
  readonly imports?: readonly string[];
};
type Manifest = Readonly<Record<string, Chunk>>;

/** What a browser loads before a page can be used. */
export type FirstLoad = {
  /** The page's component, as it stands in the sources. */
  readonly page: string;
  readonly files: number;
  readonly gzipBytes: number;
};

const compress = promisify(gzip);

const closure = (manifest: Manifest, keys: readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  const visit = (key: string): void => {
    const chunk = manifest[key];
    if (chunk === undefined || seen.has(key)) return;
    seen.add(key);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const key of keys) visit(key);
  return seen;
};

const gzipBytes = async (file: string): Promise<number> => {
  const compressed = await compress(await readFile(join(client, file)), { level: 9 });
  return compressed.length;
};

const readPageName = async (key: string): Promise<string> => {
  const source = await readFile(join(web, key), 'utf8');
  return /src\/routes\/\S*?\+(?:page|error)\.svelte/.exec(source)?.[0] ?? key;
};

const measure = async (manifest: Manifest, node: string): Promise<FirstLoad> => {
  const always = Object.keys(manifest).filter((key) =>
    /^(entry\/|nodes\/[01]$)/.test(manifest[key]?.name ?? ''),
  );
  const chunks = [...closure(manifest, [...always, node])].map((key) => manifest[key]?.file ?? '');
  const scripts = chunks.filter((file) => file.endsWith('.js'));
  const sizes = await Promise.all(scripts.map(gzipBytes));
  return {
    page: await readPageName(node),
    files: scripts.length,
    gzipBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
};

/** The first load of every page of the built dashboard, or null when it is not built. */
export const measureFirstLoads = async (): Promise<readonly FirstLoad[] | null> => {
  const text = await readFile(join(client, '.vite', 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  // Vite writes its manifest in this shape.
  const manifest = JSON.parse(text) as Manifest;
  const nodes = Object.keys(manifest).filter((key) => /\/nodes\/\d+\.js$/.test(key));
  const pages = nodes.filter((key) => !/\/nodes\/[01]\.js$/.test(key));
  return Promise.all(pages.map((node) => measure(manifest, node)));
};
