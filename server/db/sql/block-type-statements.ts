import type { BlockTypeRow } from '#prisma/tables.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

export const readBlockTypeRow = statement<[id: string], BlockTypeRow>(
  'SELECT * FROM block_type WHERE id = ?',
);

export const readBlockTypeRowBySlug = statement<[slug: string], BlockTypeRow>(
  'SELECT * FROM block_type WHERE slug = ?',
);

export const lockBlockType = statement<[id: string], BlockTypeRow>(
  'SELECT * FROM block_type WHERE id = ? FOR NO KEY UPDATE',
);

type Texts = [
  logoUrl: string | null,
  documentationUrl: string | null,
  description: string | null,
  codeExample: string | null,
];

/** No row comes back when the slug is taken. */
export const insertBlockType = statement<
  [
    id: string,
    created: Micros,
    updated: Micros,
    name: string,
    slug: string,
    ...texts: Texts,
    isProtected: boolean,
  ],
  BlockTypeRow
>(
  `INSERT INTO block_type
     (id, created, updated, name, slug, logo_url, documentation_url, description, code_example, is_protected)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (slug) DO NOTHING RETURNING *`,
);

export const updateBlockTypeRow = statement<[...texts: Texts, updated: Micros, id: string]>(
  `UPDATE block_type SET logo_url = ?, documentation_url = ?, description = ?, code_example = ?, updated = ?
   WHERE id = ?`,
);

/** Takes a type into protection; no row comes back when it is protected already. */
export const protectBlockType = statement<[updated: Micros, slug: string], BlockTypeRow>(
  `UPDATE block_type SET is_protected = TRUE, updated = ? WHERE slug = ? AND NOT is_protected
   RETURNING *`,
);

/** Its schemas and documents go with it. */
export const deleteBlockTypeRow = statement<[id: string]>('DELETE FROM block_type WHERE id = ?');
