import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { type ImportReport, importDatabase } from '#server/db/import/import.ts';
import { openImportSource, openImportTarget } from '#server/db/import/open.ts';
import { upgradeDatabase } from '#server/db/open.ts';
import { type Settings, readSettings } from '#server/settings.ts';
import { startApp } from '#tests/support/app.ts';
import { createPostgresqlDatabase, testedKinds } from '#tests/support/database.ts';

import { IDS, writePostgresqlDatabase, writeSqliteDatabase } from './prefect-database.ts';

describe.each(testedKinds)('an import into %s', (kind) => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).toReversed()) await clean();
  });

  const newHome = (): string => {
    const home = mkdtempSync(join(tmpdir(), 'prefect-server-import-'));
    cleanups.push(() => rmSync(home, { recursive: true, force: true }));
    return home;
  };

  const newPostgresql = async (): Promise<string> => {
    const { url, drop } = await createPostgresqlDatabase();
    cleanups.push(drop);
    return url;
  };

  const prepare = async (variables: Readonly<Record<string, string>> = {}) => {
    const home = newHome();
    const environment: Record<string, string> = { PREFECT_HOME: home, ...variables };
    if (kind === 'postgresql')
      environment['PREFECT_SERVER_DATABASE_CONNECTION_URL'] = await newPostgresql();
    const source = join(home, 'prefect.db');
    writeSqliteDatabase(source);
    const settings = readSettings(environment);
    await upgradeDatabase(settings);
    return { environment, settings, source };
  };

  const importFrom = async (settings: Settings, from: string): Promise<ImportReport> => {
    const source = await openImportSource(from);
    const target = await openImportTarget(settings);
    try {
      return await importDatabase({ source, target, key: settings.encryptionKey });
    } finally {
      await source.close();
      await target.close();
    }
  };

  const serve = async (environment: Readonly<Record<string, string>>) => {
    const started = await startApp(kind, {
      PREFECT_SERVER_SERVICES_ENABLED: 'false',
      PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
      ...environment,
    });
    cleanups.push(() => started.close());
    return async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const response = await fetch(`${started.url}/api${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return response.json();
    };
  };

  test('is refused for a file that is none of Prefect', async () => {
    const { settings, source } = await prepare();
    await expect(openImportSource(`${source}.absent`)).rejects.toThrow('There is no database file');
    if (kind === 'sqlite') {
      const own = join(settings.home, 'prefect-server.db');
      await expect(importFrom(readSettings({ PREFECT_HOME: newHome() }), own)).rejects.toThrow(
        'holds no tables of Prefect',
      );
    }
  });

  test('keeps microseconds, spans, ids, secrets and what runs belong to', async () => {
    const { environment, settings, source } = await prepare();
    await importFrom(settings, source);
    const call = await serve(environment);
    expect(await call('GET', `/flow_runs/${IDS.parent}`)).toMatchObject({
      created: '2026-01-02T03:04:05.000006Z',
      total_run_time: 62.500003,
      state: { id: IDS.state, timestamp: '2026-01-02T03:05:00Z', data: null },
      parameters: { ratio: null, text: 'NaN' },
      tags: ['a'],
    });
    expect(await call('GET', `/flow_runs/${IDS.child}`)).toMatchObject({
      parent_task_run_id: IDS.task,
    });
    expect(
      await call('GET', `/block_documents/${IDS.document}?include_secrets=true`),
    ).toMatchObject({ name: 'doc', data: { word: 'open' } });
    expect(await call('POST', '/logs/filter', {})).toMatchObject([
      { message: 'hello', timestamp: '2026-01-02T03:04:05.000006Z' },
    ]);
    const related = { occurred: { since: '2026-01-01T00:00:00Z' }, related: { id: ['demo.2'] } };
    expect(await call('POST', '/events/filter', { filter: related })).toMatchObject({
      events: [{ id: IDS.event, event: 'demo.done' }],
    });
  });

  test('tells of every row that was left out, and why', async () => {
    const { settings, source } = await prepare();
    const { tables, notImported } = await importFrom(settings, source);
    const runs = tables.find(({ table }) => table === 'flow_run');
    expect(runs).toMatchObject({ rows: 3, read: 3, written: 2, changed: 1 });
    expect([...(runs?.skipped ?? [])]).toEqual([
      [expect.stringMatching(/foreign key/i), { count: 1, example: IDS.orphan }],
    ]);
    expect(notImported.map(([table]) => table).toSorted()).toEqual([
      'alembic_version',
      'event_resources',
    ]);
  });

  test('writes nothing when it is repeated', async () => {
    const { environment, settings, source } = await prepare();
    await importFrom(settings, source);
    const again = await importFrom(settings, source);
    expect(again.tables.map(({ written }) => written)).toEqual(again.tables.map(() => 0));
    const call = await serve(environment);
    expect(await call('POST', '/logs/filter', {})).toHaveLength(1);
  });

  test('uses a row of the same name that is there already, under a key of its own', async () => {
    const { environment, settings, source } = await prepare();
    const before = await startApp(kind, {
      PREFECT_SERVER_SERVICES_ENABLED: 'false',
      PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
      ...environment,
    });
    const response = await fetch(`${before.url}/api/flows/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'etl' }),
    });
    const { id } = (await response.json()) as { readonly id: string };
    await before.app.close();
    const { tables } = await importFrom(settings, source);
    expect(tables.find(({ table }) => table === 'flow')).toMatchObject({ matched: 1, written: 0 });
    const call = await serve(environment);
    expect(await call('GET', `/flow_runs/${IDS.child}`)).toMatchObject({ flow_id: id });
  });

  test.runIf(kind === 'postgresql')('reads PostgreSQL as it reads SQLite', async () => {
    const { environment, settings } = await prepare();
    const from = await newPostgresql();
    await writePostgresqlDatabase(from);
    await importFrom(settings, from.replace('postgresql:', 'postgresql+asyncpg:'));
    const call = await serve(environment);
    expect(await call('GET', `/flow_runs/${IDS.parent}`)).toMatchObject({
      created: '2026-01-02T03:04:05.000006Z',
      total_run_time: 62.500003,
      state: { id: IDS.state, timestamp: '2026-01-02T03:05:00Z' },
    });
    expect(
      await call('GET', `/block_documents/${IDS.document}?include_secrets=true`),
    ).toMatchObject({ data: { word: 'open' } });
  });
});
