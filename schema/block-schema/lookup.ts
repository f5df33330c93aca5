import { builder } from '../builder.ts';

const BlockSchemaChecksum = builder.inputType('BlockSchemaChecksum', {
  description: 'Names a block schema by its content.',
  fields: (t) => ({
    checksum: t.string({ required: true, description: 'The checksum of its fields.' }),
    version: t.string({ description: 'Its version; the newest of that checksum without one.' }),
  }),
});

export const BlockSchemaBy = builder.inputType('BlockSchemaBy', {
  description: 'Names one block schema.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    checksum: t.field({ type: BlockSchemaChecksum, description: 'By its content.' }),
  }),
});
