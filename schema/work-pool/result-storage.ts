import { BLOCK_DOCUMENTS } from '../block-document/list.ts';
import { BlockDocument } from '../block-document/object.ts';
import { builder } from '../builder.ts';
import { rowsByIds } from '../shared/rows-by-ids.ts';
import { WorkPoolStorage } from './object.ts';

builder.objectField(WorkPoolStorage, 'defaultResultStorage', (t) =>
  t.field({
    type: BlockDocument,
    nullable: true,
    description: 'The block in which results of its runs are kept.',
    resolve: async (storage, _args, ctx, info) => {
      const id = storage['default_result_storage_block_id'];
      const ids = typeof id === 'string' ? [id] : [];
      return (await rowsByIds(ctx, info, { hydrate: BLOCK_DOCUMENTS.hydrate, ids }))[0] ?? null;
    },
  }),
);
