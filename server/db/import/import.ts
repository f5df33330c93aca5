/* oxlint-disable no-await-in-loop -- tables refer to those before them, and pages follow each other */
import { createHash } from 'node:crypto';

import { ServerError, toError } from '#server/errors.ts';

import { cleanJson } from './clean-json.ts';
import type { Cell, Cells, Column, ImportSource, ImportTarget, Refused } from './contract.ts';
import { createReseal } from './seal.ts';
import { IMPORT_TABLES, type ImportTable, NOT_IMPORTED, REFERENCES } from './tables.ts';

/** What became of the rows of one table. */
export interface TableReport {
  readonly table: string;
  /** Rows that the source has. */
  rows: number;
  /** Rows that were looked at this time: the others were imported before. */
  read: number;
  written: number;
  /** Rows that were there already, by their id. */
  present: number;
  /** Rows that stand for one that was there under another id, which is used in their place. */
  matched: number;
  /** Reasons for which rows were left out, with how many and the id of one. */
  readonly skipped: Map<string, { count: number; readonly example: string }>;
  /** Values that no database can hold, such as NaN in JSON, which became null. */
  changed: number;
}

export interface ImportReport {
  readonly tables: readonly TableReport[];
  /** Tables of the source that are not copied, by the reason. */
  readonly notImported: readonly (readonly [table: string, reason: string])[];
}

interface ImportOptions {
  readonly source: ImportSource;
  readonly target: ImportTarget;
  /** The encryption key of the settings. */
  readonly key: string | null;
  readonly onProgress?: (report: TableReport) => void;
}

const PAGE = 10_000;

interface Plan {
  readonly spec: ImportTable;
  readonly columns: readonly Column[];
  readonly reading: {
    readonly table: string;
    readonly columns: { name: string; kind: Column['kind'] }[];
  };
  readonly progressKey: string;
}

const skip = (report: TableReport, reason: string, example: Cell): void => {
  const known = report.skipped.get(reason);
  if (known === undefined) report.skipped.set(reason, { count: 1, example: String(example) });
  else known.count += 1;
};

class Import {
  readonly #options: ImportOptions;
  /** For rows that stand for others: the ids to use in place of theirs. */
  readonly #sameAs = new Map<string, Map<string, string>>();

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async run(): Promise<ImportReport> {
    const present = await this.#options.source.tables();
    if (!present.includes('alembic_version') || !present.includes('flow_run')) {
      throw new ServerError('INVALID', 'The database to import from holds no tables of Prefect.');
    }
    const tables: TableReport[] = [];
    for (const spec of IMPORT_TABLES) {
      if (present.includes(spec.from ?? spec.name)) tables.push(await this.#importTable(spec));
    }
    for (const spec of IMPORT_TABLES) if (spec.later !== undefined) await this.#fillIn(spec);
    await this.#options.target.complete();
    const known = new Set(IMPORT_TABLES.map(({ name, from }) => from ?? name));
    return {
      tables,
      notImported: present
        .filter((name) => !known.has(name))
        .map((name) => [
          name,
          NOT_IMPORTED[name] ?? 'it is no table of Prefect that is known here',
        ]),
    };
  }

  async #plan(spec: ImportTable): Promise<Plan> {
    const { source, target } = this.#options;
    const table = spec.from ?? spec.name;
    const theirs = new Set(await source.columns(table));
    const ours = (await target.columns(spec.name))
      .filter(({ name }) => theirs.has(spec.renamed?.[name] ?? name))
      .filter(({ name }) => spec.later?.includes(name) !== true);
    // Logs have no id of their own here, but are read in the order of theirs.
    const columns = ours.toSorted((a, b) => Number(b.name === 'id') - Number(a.name === 'id'));
    const selected = columns.map(({ name, kind }) => ({
      name: spec.renamed?.[name] ?? name,
      kind,
    }));
    const hasId = columns[0]?.name === 'id';
    const place = createHash('sha256').update(source.address).digest('hex').slice(0, 16);
    return {
      spec,
      columns,
      reading: { table, columns: hasId ? selected : [{ name: 'id', kind: 'text' }, ...selected] },
      progressKey: `import ${place} ${spec.name}`,
    };
  }

  async #importTable(spec: ImportTable): Promise<TableReport> {
    const { source, target, onProgress } = this.#options;
    const plan = await this.#plan(spec);
    const report: TableReport = {
      table: spec.name,
      rows: await source.count(plan.reading.table),
      read: 0,
      written: 0,
      present: 0,
      matched: 0,
      skipped: new Map(),
      changed: 0,
    };
    const prepare = await this.#preparer(plan, report);
    let after = spec.isLarge === true ? ((await target.readProgress(plan.progressKey)) ?? '') : '';
    for (;;) {
      const page = await source.page(plan.reading, after, PAGE);
      const last = page.at(-1)?.[0];
      if (last === undefined) return report;
      after = String(last);
      report.read += page.length;
      const rows = page.map(prepare).filter((cells) => cells !== null);
      const refused = await target.write(
        { table: spec.name, columns: plan.columns, rows },
        { key: plan.progressKey, value: after },
      );
      report.written += rows.length - refused.length;
      for (const one of refused) await this.#explain(plan, report, one);
      onProgress?.(report);
    }
  }

  /** Gives what makes a row of the source one of ours; a row that cannot be one is noted and becomes null. */
  async #preparer(plan: Plan, report: TableReport): Promise<(cells: Cells) => Cells | null> {
    const { columns, spec, reading } = plan;
    const { source, target, key } = this.#options;
    const drop = reading.columns.length - columns.length;
    const reseal =
      spec.name === 'block_document'
        ? await createReseal({ source, target, key, columns })
        : (cells: Cells) => cells;
    const jsonPlaces = columns.flatMap((column, index) => (column.kind === 'json' ? [index] : []));
    const referring = columns.flatMap(({ name }, index) => {
      const ids = this.#sameAs.get(REFERENCES[name] ?? '');
      return ids === undefined ? [] : [{ index, ids }];
    });
    return (given) => {
      const cells: Cell[] = given.slice(drop);
      for (const index of jsonPlaces) {
        const cell = cells[index];
        if (cell === 'null' && columns[index]?.isNullable === true) cells[index] = null;
        else if (typeof cell === 'string') {
          const cleaned = cleanJson(cell);
          if (cleaned !== cell) report.changed += 1;
          cells[index] = cleaned;
        }
      }
      for (const { index, ids } of referring)
        cells[index] = ids.get(String(cells[index])) ?? cells[index] ?? null;
      try {
        return reseal(cells);
      } catch (error) {
        skip(report, toError(error).message, given[0] ?? null);
        return null;
      }
    };
  }

  async #explain(
    { spec, columns }: Plan,
    report: TableReport,
    { cells, reason }: Refused,
  ): Promise<void> {
    const id = columns[0]?.name === 'id' ? (cells[0] ?? null) : null;
    if (reason !== null) return skip(report, reason, id);
    const { target } = this.#options;
    if ((await target.find(spec.name, ['id'], [id])) !== null) {
      report.present += 1;
      return undefined;
    }
    const names = spec.sameBy ?? [];
    const values = names.map(
      (name) => cells[columns.findIndex((column) => column.name === name)] ?? null,
    );
    const same = names.length === 0 ? null : await target.find(spec.name, names, values);
    if (same === null) return skip(report, 'another row stands in its place', id);
    const ids = this.#sameAs.get(spec.name) ?? new Map<string, string>();
    this.#sameAs.set(spec.name, ids.set(String(id), same));
    report.matched += 1;
    return undefined;
  }

  async #fillIn(spec: ImportTable): Promise<void> {
    const { source, target } = this.#options;
    const table = spec.from ?? spec.name;
    const columns = await source.columns(table);
    for (const column of spec.later ?? []) {
      if (!columns.includes(column)) continue;
      const key = `${(await this.#plan(spec)).progressKey} ${column}`;
      const reading = {
        table,
        columns: ['id', column].map((name) => ({ name, kind: 'text' as const })),
      };
      let after = (await target.readProgress(key)) ?? '';
      for (;;) {
        const page = await source.page(reading, after, PAGE);
        const last = page.at(-1)?.[0];
        if (last === undefined) break;
        after = String(last);
        const rows = page.filter(([, value]) => value !== null);
        if (rows.length > 0)
          await target.fillColumn({ table: spec.name, column, referred: 'task_run' }, rows);
        await target.write({ table: spec.name, columns: [], rows: [] }, { key, value: after });
      }
    }
  }
}

/** Copies everything that a database of Prefect holds and ours does not. Interrupted, it goes on where it was. */
export const importDatabase = (options: ImportOptions): Promise<ImportReport> =>
  new Import(options).run();
