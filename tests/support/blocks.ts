import { createBlockDocument } from '#server/commands/block-document/block-document-commands.ts';
import { createBlockSchema } from '#server/commands/block-schema/block-schema-commands.ts';
import { createBlockType } from '#server/commands/block-type/block-type-commands.ts';
import type { Context } from '#server/context.ts';
import type { JsonObject } from '#server/json.ts';

/** A block type with one schema. */
export interface BuiltBlock {
  readonly blockTypeId: string;
  readonly blockSchemaId: string;
}

/** Makes a block type of the slug with a schema that has the secret fields and capabilities. */
export const buildBlock = async (
  ctx: Context,
  {
    slug,
    secretFields = [],
    capabilities = [],
  }: {
    readonly slug: string;
    readonly secretFields?: readonly string[];
    readonly capabilities?: readonly string[];
  },
): Promise<BuiltBlock> => {
  const { id: blockTypeId } = await createBlockType(ctx, { name: `The ${slug}`, slug });
  const { schema } = await createBlockSchema(ctx, {
    blockTypeId,
    fields: { title: slug, type: 'object', block_type_slug: slug, secret_fields: secretFields },
    capabilities,
  });
  return { blockTypeId, blockSchemaId: schema.id };
};

/** Makes a named document of the block and gives its id. */
export const buildDocument = async (
  ctx: Context,
  block: BuiltBlock,
  { name, data = {} }: { readonly name: string; readonly data?: JsonObject },
): Promise<string> => {
  const document = await createBlockDocument(ctx, { ...block, name, isAnonymous: false, data });
  return document.id;
};

/** A value that stands for another document. */
export const referenceTo = (id: string): JsonObject => ({ $ref: { block_document_id: id } });
