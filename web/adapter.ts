import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

import staticAdapter from '@sveltejs/adapter-static';
import type { Adapter } from '@sveltejs/kit';

const fallback = 'index.html';
const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

const scriptOf = (html: string): string => {
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1];
  if (script === undefined) throw new Error(`${fallback} has no starting script`);
  return script;
};

const hashOf = (script: string): string =>
  `sha256-${createHash('sha256').update(script).digest('base64')}`;

/**
 * Lets the starting script read the base path from `<html data-base>` and keeps its hash in the policy right.
 * A server under `/path` rewrites `="/` to `="/path/`, then `data-base=""` to `data-base="/path"`; at the root the
 * page is served as it is.
 */
const readBaseFromPage = (html: string): string => {
  const before = scriptOf(html);
  const after = before
    .replace('base: ""', 'base: document.documentElement.dataset.base')
    .replaceAll('import("/_app/', 'import(document.documentElement.dataset.base + "/_app/');
  if (!after.includes('dataset.base + "/_app/')) throw new Error('the starting script has changed');
  return html.replace(before, () => after).replace(hashOf(before), () => hashOf(after));
};

/** The static adapter, with a page that can be served under any base path. */
export const dashboardAdapter = (): Adapter => {
  const pages = staticAdapter({ fallback, precompress: true });
  return {
    ...pages,
    adapt: async (builder) => {
      await pages.adapt(builder);
      const path = `build/${fallback}`;
      const html = readBaseFromPage(await readFile(path, 'utf8'));
      await writeFile(path, html);
      await writeFile(`${path}.gz`, await compressGzip(html, { level: 9 }));
      await writeFile(`${path}.br`, await compressBrotli(html));
    },
  };
};
