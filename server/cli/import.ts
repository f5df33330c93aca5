import { resolve } from 'node:path';

import type { ImportReport, TableReport } from '../db/import/import.ts';
import { toError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { databaseFailure, describeDatabase } from './database-failure.ts';
import { CommandFailure } from './failure.ts';

interface ImportOptions {
  /** A path or an address, as the person gave it. */
  readonly from: string;
  readonly isDry: boolean;
}

const openSource = async (from: string) => {
  const { openImportSource } = await import('../db/import/open.ts');
  const place = /^[a-z+0-9]+:\/\//i.test(from) ? from : resolve(from);
  try {
    return await openImportSource(place);
  } catch (error) {
    throw new CommandFailure(
      `The database to import from cannot be read: ${toError(error).message.replace(/\.$/, '')}.`,
      { cause: error },
    );
  }
};

const showCounts = async (from: string): Promise<void> => {
  const { IMPORT_TABLES } = await import('../db/import/tables.ts');
  const source = await openSource(from);
  const present = await source.tables();
  for (const { name, from: theirs = name } of IMPORT_TABLES) {
    if (!present.includes(theirs)) console.log(`${name.padEnd(32)} is not there`);
    // oxlint-disable-next-line no-await-in-loop -- one connection
    else console.log(`${name.padEnd(32)} ${String(await source.count(theirs)).padStart(10)} rows`);
  }
  await source.close();
  console.log('Nothing was written.');
};

const describe = ({ table, rows, read, written, present, matched, changed }: TableReport): string =>
  [
    table.padEnd(32),
    `${String(rows).padStart(10)} rows`,
    `${String(read).padStart(10)} read`,
    `${String(written).padStart(10)} written`,
    ...(present > 0 ? [`${present} already there`] : []),
    ...(matched > 0 ? [`${matched} matched by name`] : []),
    ...(changed > 0 ? [`${changed} values changed to null`] : []),
  ].join('  ');

const show = ({ tables, notImported }: ImportReport): void => {
  for (const table of tables) {
    if (table.rows > 0) console.log(describe(table));
    for (const [reason, { count, example }] of table.skipped)
      console.log(`  ${count} skipped: ${reason} (such as ${example})`);
  }
  for (const [table, reason] of notImported) console.log(`${table} is not copied: ${reason}.`);
};

/** Copies a database of Prefect into the server's own, or only counts what there is to copy. */
export const importTables = async (
  settings: Settings,
  { from, isDry }: ImportOptions,
): Promise<void> => {
  if (isDry) return showCounts(from);
  const source = await openSource(from);
  const { upgradeDatabase } = await import('../db/open.ts');
  const { openImportTarget } = await import('../db/import/open.ts');
  const { importDatabase } = await import('../db/import/import.ts');
  const begun = performance.now();
  try {
    await upgradeDatabase(settings);
    const target = await openImportTarget(settings);
    const report = await importDatabase({ source, target, key: settings.encryptionKey }).finally(
      () => target.close(),
    );
    show(report);
    const seconds = (performance.now() - begun) / 1000;
    const written = report.tables.reduce((sum, table) => sum + table.written, 0);
    const rate = Math.round(written / seconds);
    console.log(
      `${written} rows were written to ${describeDatabase(settings)} in ${seconds.toFixed(1)} s (${rate} a second).`,
    );
  } catch (error) {
    throw databaseFailure(settings, error);
  } finally {
    await source.close();
  }
  return undefined;
};
