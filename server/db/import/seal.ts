import { decryptFernet, encryptFernet } from '#server/blocks/fernet.ts';

import type { Cells, Column, ImportSource, ImportTarget } from './contract.ts';

const KEY_ROW = 'ENCRYPTION_KEY';

const keyIn = (text: unknown): string | null => {
  if (typeof text !== 'string') return null;
  const value: unknown = JSON.parse(text);
  const key =
    typeof value === 'object' && value !== null && 'fernet_key' in value ? value.fernet_key : null;
  return typeof key === 'string' ? key : null;
};

/** The key with which a database seals its block documents, as far as it holds one. */
const storedKeyOf = async (source: ImportSource): Promise<string | null> => {
  if (!(await source.tables()).includes('configuration')) return null;
  const rows = await source.page(
    {
      table: 'configuration',
      columns: ['id', 'key', 'value'].map((name) => ({ name, kind: 'text' as const })),
    },
    '',
    1000,
  );
  return keyIn(rows.find(([, key]) => key === KEY_ROW)?.[2]);
};

/** Turns the data of a block document as Prefect stores it into ours; throws when no key opens it. */
export type Reseal = (cells: Cells) => Cells;

interface Databases {
  readonly source: ImportSource;
  readonly target: ImportTarget;
  /** The key of the settings, which both databases are under when it is set. */
  readonly key: string | null;
  readonly columns: readonly Column[];
}

/** Documents keep their seal where both databases have one key, and get the target's where it has its own. */
export const createReseal = async ({
  source,
  target,
  key,
  columns,
}: Databases): Promise<Reseal> => {
  const theirs = key ?? (await storedKeyOf(source));
  const own = await target.find('configuration', ['key'], [KEY_ROW]);
  const ours = key ?? (own === null ? theirs : keyIn(await target.readValue(KEY_ROW)));
  const place = columns.findIndex(({ name }) => name === 'data');
  return (cells) => {
    const text = cells[place];
    if (typeof text !== 'string') return cells;
    // The column holds JSON there, and the token is a text in it.
    const token = text.startsWith('"') ? String(JSON.parse(text)) : text;
    if (theirs === null || ours === null)
      throw new Error('there is no key to read block documents with');
    const opened = decryptFernet(theirs, token);
    const sealed = theirs === ours ? token : encryptFernet(ours, opened);
    return cells.map((cell, index) => (index === place ? sealed : cell));
  };
};
