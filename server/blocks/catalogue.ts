import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { JsonObject } from '#server/json.ts';

import { parseSpelledJson } from './python-json.ts';
import type { Fields } from './schema-checksum.ts';

/** A schema of a shipped block type. */
export interface ShippedSchema {
  /** The version of Prefect that the server reports, when it is absent. */
  readonly version?: string;
  /** What clients compute from their own class: it cannot be computed from the fields, whose texts differ. */
  readonly checksum: string;
  readonly capabilities: readonly string[];
  readonly fields: Fields;
}

/** A block type that is there without anybody having registered it. */
export interface ShippedBlockType {
  readonly name: string;
  readonly slug: string;
  readonly logo: string;
  readonly documentationUrl?: string;
  readonly description?: string;
  readonly codeExample: string;
  /** Flows rely on it, so that it may not be deleted. */
  readonly isProtected?: boolean;
  readonly schemas: readonly ShippedSchema[];
}

/** A kind of worker with the template that its work pools begin with. */
export interface ShippedWorkerType {
  readonly type: string;
  readonly displayName: string;
  readonly logo: string;
  readonly documentationUrl: string;
  readonly description: string;
  readonly installCommand: string;
  readonly isBeta: boolean;
  readonly defaultBaseJobTemplate: JsonObject;
}

/** What a package of Prefect brings. Numbers keep their spelling. */
export interface Collection {
  readonly name: string;
  readonly blockTypes: readonly ShippedBlockType[];
  readonly workerTypes: readonly ShippedWorkerType[];
}

const FOLDER = join(import.meta.dirname, 'catalogue');

const readFiles = (): readonly { readonly name: string; readonly text: string }[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(FOLDER, `${name}.json`), 'utf8') }));

/** All collections, by name: Prefect's own first, whose workers clients offer before all others. */
export const readCatalogue = (): readonly Collection[] =>
  readFiles().map(({ name, text }) => {
    // The files are part of the program, and a test reads each of them.
    const content = parseSpelledJson(text) as Omit<Collection, 'name'>;
    return { name, ...content };
  });

/** A text that changes when anything in the catalogue does. */
export const catalogueHash = (): string => {
  const hash = createHash('sha256');
  for (const { name, text } of readFiles()) hash.update(`${name}\n${text}\n`);
  return hash.digest('hex');
};
