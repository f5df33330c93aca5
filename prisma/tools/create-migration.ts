// Writes the next migration for both databases: node prisma/tools/create-migration.ts <name>
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { diffSchemas } from './diff.ts';
import type { Provider } from './provider.ts';

const folder = join(import.meta.dirname, '..');
const snapshotPath = join(folder, 'migrations', 'snapshot.prisma');

/** Relations whose rows may outlive what they point to ("no key" in the model), by the column that holds them. */
const UNKEYED = [
  'flow_run_deployment_id_fkey',
  'flow_run_state_id_fkey',
  'task_run_state_id_fkey',
  'work_pool_default_queue_id_fkey',
];

const adapt = (provider: Provider, sql: string): string => {
  if (provider === 'postgresql') {
    const keyed = UNKEYED.reduce(
      (text, name) =>
        text.replace(
          new RegExp(`-- AddForeignKey\\nALTER TABLE "\\w+" ADD CONSTRAINT "${name}"[^;]*;\\n\\n?`),
          '',
        ),
      sql,
    );
    return keyed;
  }
  const keyed = UNKEYED.reduce(
    (text, name) => text.replace(new RegExp(`,\\n    CONSTRAINT "${name}"[^\\n,]*(?=,?\\n)`), ''),
    sql,
  );
  return (
    keyed
      // Only INTEGER PRIMARY KEY is the row's own number; AUTOINCREMENT keeps a deleted number from being used again.
      .replaceAll('"seq" BIGINT NOT NULL PRIMARY KEY', '"seq" INTEGER PRIMARY KEY AUTOINCREMENT')
      .replace(/(PRIMARY KEY \("resource_id", "occurred", "seq", "role"\)\n\))/, '$1 WITHOUT ROWID')
  );
};

const name = process.argv[2];
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  throw new Error('Give the migration a name in snake_case, such as add_worker_metadata.');
}
const current = readFileSync(join(folder, 'schema.prisma'), 'utf8');
const existing = readdirSync(join(folder, 'migrations', 'sqlite')).filter((entry) =>
  /^\d{4}_/.test(entry),
);
const previous = existing.length === 0 ? '' : readFileSync(snapshotPath, 'utf8');
const label = `${String(existing.length + 1).padStart(4, '0')}_${name}`;

for (const provider of ['sqlite', 'postgresql'] as const) {
  const target = join(folder, 'migrations', provider, label);
  mkdirSync(target, { recursive: true });
  const sql = adapt(provider, await diffSchemas(provider, { from: previous, to: current }));
  writeFileSync(join(target, 'migration.sql'), sql);
}
writeFileSync(snapshotPath, current);
console.log(`Wrote ${label} for SQLite and PostgreSQL. Add what the model cannot express by hand.`);
