import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { writeSqliteDatabase } from '../db/import/prefect-database.ts';
import { createMachine, freePort } from './command-line.ts';
import { EVERYBODY, waitsForSlot } from './staying-clients.ts';

const machine = createMachine();
afterAll(() => machine.remove());

describe('without a server', () => {
  test('--version names this server and the Prefect that it serves', async () => {
    expect(await machine.run(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^prefect-server \d+\.\d+\.\d+ \(serves Prefect 3\.\d+\.\d+\)\n$/),
    });
  });

  test.each([[['--help']], [[]], [['server']], [['server', 'start', '--help']]])(
    '%j prints help',
    async (args) => {
      expect(await machine.run(args)).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringContaining('Usage: prefect'),
      });
    },
  );

  test('database import copies a database of Prefect, which --dry-run only counts', async () => {
    const own = createMachine();
    const from = join(own.home, 'prefect.db');
    writeSqliteDatabase(from);
    const counted = await own.run(['server', 'database', 'import', from, '--dry-run']);
    expect(counted).toMatchObject({ code: 0, err: '' });
    expect(counted.out).toMatch(/^flow_run +3 rows$/m);
    expect(counted.out).toContain('Nothing was written.');
    expect(existsSync(join(own.home, 'prefect-server.db'))).toBe(false);

    const { code, out } = await own.run(['server', 'database', 'import', from]);
    expect(code).toBe(0);
    expect(out).toMatch(/^flow_run +3 rows +3 read +2 written/m);
    expect(out).toMatch(/1 skipped: FOREIGN KEY constraint failed/);
    expect(out).toMatch(/^alembic_version is not copied: /m);
    own.remove();
  });

  test('services ls lists what runs and what turns it on', async () => {
    const env = { PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED: 'false' };
    const { code, out } = await machine.run(['server', 'services', 'ls', '--output', 'json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual({
      name: 'LateRuns',
      enabled: false,
      environment_variable: 'PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED',
      description: expect.any(String),
    });
  });

  test('stop finds nothing to stop', async () => {
    expect(await machine.run(['server', 'stop'])).toMatchObject({
      code: 0,
      out: 'No server running in the background.\n',
    });
  });

  test('status tells that there is none', async () => {
    const apiUrl = `http://127.0.0.1:${await freePort()}/api`;
    const env = { PREFECT_API_URL: apiUrl };
    const { code, out } = await machine.run(['server', 'status', '--output', 'json'], env);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      status: 'unavailable',
      api_url: apiUrl,
      error: expect.stringContaining('ECONNREFUSED'),
    });
    const waited = await machine.run(
      ['server', 'status', '--wait', '-t', '0.2', '-o', 'json'],
      env,
    );
    expect(waited.code).toBe(1);
    expect(JSON.parse(waited.out)).toMatchObject({ status: 'timed_out', timeout: 0.2 });
  });
});

describe('with a server', () => {
  test('it says where it is, answers, and stops at a signal', async () => {
    const port = await freePort();
    const env = { PREFECT_API_URL: `http://127.0.0.1:${port}/api` };
    const server = machine.start([
      'server',
      'start',
      '--port',
      String(port),
      '--no-ui',
      '--analytics-off',
    ]);
    await server.waitFor('Stop it with Ctrl-C');
    const status = await machine.run(['server', 'status', '--output', 'json'], env);
    expect(JSON.parse(status.out)).toEqual({
      status: 'available',
      api_url: env.PREFECT_API_URL,
      server_version: '3.9.1',
    });
    server.child.kill('SIGINT');
    const { code, out, err } = await server.finished;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`REST API    http://127.0.0.1:${port}/api`);
    expect(out).toContain(`Explorer    http://127.0.0.1:${port}/docs`);
    expect(out).toContain('Dashboard   disabled');
    expect(out).toContain('There is no telemetry');
    expect(out.trimEnd().split('\n').at(-1)).toBe('Server stopped!');
  });

  test('status waits for a server that is starting', async () => {
    const port = await freePort();
    const waiting = machine.run(['server', 'status', '--wait', '--timeout', '15'], {
      PREFECT_API_URL: `http://127.0.0.1:${port}/api/`,
    });
    const server = machine.start(['server', 'start', '--port', String(port), '--no-ui']);
    expect(await waiting).toMatchObject({
      code: 0,
      out: expect.stringContaining('is available (version 3.9.1)'),
    });
    server.child.kill('SIGTERM');
    expect(await server.finished).toMatchObject({ code: 0 });
  });

  test('an option wins over the environment, and the environment over a .env file', async () => {
    const port = await freePort();
    const own = createMachine();
    writeFileSync(
      join(own.home, '.env'),
      'PREFECT_SERVER_API_BASE_PATH=/from-file\nPREFECT_SERVER_DATABASE_CONNECTION_URL=sqlite:///from-file.db\n',
    );
    const env = { PREFECT_SERVER_API_PORT: '1', PREFECT_SERVER_API_BASE_PATH: '/from-environment' };
    const server = own.start(['server', 'start', '--no-ui', '--port', String(port)], env);
    await server.waitFor('Stop it with Ctrl-C');
    server.child.kill('SIGTERM');
    const { out } = await server.finished;
    expect(out).toContain(`REST API    http://127.0.0.1:${port}/from-environment`);
    expect(out).toContain(`Data        ${join(own.home, 'from-file.db')}`);
    own.remove();
  });

  const startAlone = async () => {
    const port = await freePort();
    const server = machine.start(['server', 'start', '--no-ui', '--port', String(port)]);
    await server.waitFor('Stop it with Ctrl-C');
    return { ...server, url: `http://127.0.0.1:${port}` };
  };

  const stopOf = async ({ child, finished }: Awaited<ReturnType<typeof startAlone>>) => {
    const at = performance.now();
    child.kill('SIGINT');
    // npm hands on once more what the terminal has told both.
    child.kill('SIGINT');
    const { code, out } = await finished;
    expect(code).toBe(0);
    expect(out).toMatch(/Server stopped!\n$/);
    return performance.now() - at;
  };

  test('it stops at Ctrl-C with clients of all kinds, and sooner with those who hear its answer', async () => {
    const heard = await startAlone();
    await waitsForSlot(heard.url);
    const heardMillis = await stopOf(heard);
    const unheard = await startAlone();
    await Promise.all(EVERYBODY.map((come) => come(unheard.url)));
    const unheardMillis = await stopOf(unheard);
    expect(heardMillis).toBeLessThan(unheardMillis);
    // Whoever runs containers kills what has not stopped by then.
    expect(unheardMillis).toBeLessThan(10_000);
  });

  test('it runs in the background until it is stopped', async () => {
    const port = await freePort();
    const args = ['server', 'start', '--no-ui', '--port', String(port)];
    const started = await machine.run([...args, '--background']);
    expect(started).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`http://127.0.0.1:${port}/api`),
    });
    expect(Number(readFileSync(join(machine.home, 'server.pid'), 'utf8'))).toBeGreaterThan(1);
    expect(await machine.run(args)).toMatchObject({
      code: 1,
      err: expect.stringContaining('prefect server stop'),
    });
    expect(await machine.run(['server', 'stop'])).toMatchObject({
      code: 0,
      out: 'Server stopped!\n',
    });
    expect(readFileSync(join(machine.home, 'server.log'), 'utf8')).toContain('Server stopped!');
    expect(await machine.run(['server', 'stop'])).toMatchObject({
      out: 'No server running in the background.\n',
    });
  });
});
