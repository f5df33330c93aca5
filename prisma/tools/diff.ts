import {
  type SqlMigrationAwareDriverAdapterFactory,
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  mockAdapter,
  mockMigrationAwareAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

import { type Provider, schemaFor } from './provider.ts';

// The engine wants a connection although comparing two models needs none; PostgreSQL asks one question of it:
// whether the schema exists, and which version the server has.
const offlineAdapter = (provider: Provider): SqlMigrationAwareDriverAdapterFactory => {
  const name = provider === 'sqlite' ? 'sqlite' : 'postgres';
  return {
    ...mockMigrationAwareAdapterFactory(name),
    connect: async () => ({
      ...mockAdapter(name),
      queryRaw: async () => ({
        columnNames: ['exists', 'version', 'numeric_version'],
        columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
        rows: [[true, '15', 150_000]],
      }),
      dispose: async () => undefined,
    }),
  };
};

/** The SQL that leads from one data model (empty text: nothing) to another, without touching a database. */
export const diffSchemas = async (
  provider: Provider,
  models: { readonly from: string; readonly to: string },
): Promise<string> => {
  const target = (content: string) =>
    content === ''
      ? { tag: 'empty' as const }
      : {
          tag: 'schemaDatamodel' as const,
          files: [{ path: 'schema.prisma', content: schemaFor(content, provider) }],
        };
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', schemaFor(models.to, provider)]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(offlineAdapter(provider)),
  );
  const result = await engine.diff({
    from: target(models.from),
    to: target(models.to),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  return result.stdout ?? '';
};
