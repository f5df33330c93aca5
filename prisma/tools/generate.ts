// Generates everything that follows from the data model: both Prisma clients, Pothos' types and the table types.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { printTables } from './print-tables.ts';
import { schemaFor } from './provider.ts';

const folder = join(import.meta.dirname, '..');
const schemaPath = join(folder, 'schema.prisma');
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');

const runPrisma = (schema: string): void => {
  const result = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
    cwd: join(folder, '..'),
    encoding: 'utf8',
    // The engine is not needed to generate, but its absence is: any executable passes for it.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
  });
  if (result.status !== 0)
    throw new Error(`prisma generate failed:\n${result.stdout}${result.stderr}`);
};

const generatePostgresqlClient = (schema: string): void => {
  // The outputs are relative to the schema file, so the PostgreSQL copy has to lie beside it.
  const scratch = mkdtempSync(join(folder, '.generate-'));
  try {
    const copy = join(scratch, 'schema.prisma');
    const postgresql = schemaFor(schema, 'postgresql')
      .replace('"./client/sqlite"', '"../client/postgresql"')
      .replace(/generator pothos \{[^}]*\}\n/, '');
    writeFileSync(copy, postgresql);
    runPrisma(copy);
  } finally {
    rmSync(scratch, { recursive: true });
  }
};

runPrisma(schemaPath);
generatePostgresqlClient(readFileSync(schemaPath, 'utf8'));
const { getDatamodel } = await import('../pothos-types.ts');
writeFileSync(join(folder, 'tables.ts'), printTables(getDatamodel()));
