import { z } from 'zod';

import { anyObject, id, nullable, storedShape } from './parts.ts';

export const blockTypeAnswer = z
  .object({
    ...storedShape,
    name: z.string().regex(/^[^/%&><]+$/u),
    slug: z.string(),
    logo_url: nullable(z.string()),
    documentation_url: nullable(z.string()),
    description: nullable(z.string()),
    code_example: nullable(z.string()),
    is_protected: z.boolean().default(false),
  })
  .meta({ id: 'BlockType' });

export const blockSchemaAnswer = z
  .object({
    ...storedShape,
    checksum: z.string(),
    fields: anyObject.optional(),
    block_type_id: id.nullable(),
    block_type: nullable(blockTypeAnswer),
    capabilities: z.array(z.string()).optional(),
    version: z.string().default('non-versioned'),
  })
  .meta({ id: 'BlockSchema' });

export const blockDocumentAnswer = z
  .object({
    ...storedShape,
    name: nullable(z.string().regex(/^[^/%&><]+$/u)),
    data: anyObject.optional(),
    block_schema_id: id,
    block_schema: nullable(blockSchemaAnswer),
    block_type_id: id,
    block_type_name: nullable(z.string()),
    block_type: nullable(blockTypeAnswer),
    block_document_references: z.record(z.string(), anyObject).optional(),
    is_anonymous: z.boolean().default(false),
  })
  .meta({ id: 'BlockDocument' });
