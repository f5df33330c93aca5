import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createPostgresqlDatabase } from '#tests/support/database.ts';

import { createMachine } from './command-line.ts';

describe('a PostgreSQL database', () => {
  const machine = createMachine();
  let database: Awaited<ReturnType<typeof createPostgresqlDatabase>> | undefined;
  const run = (args: readonly string[], change: (url: URL) => void = () => undefined) => {
    const url = new URL(database?.url ?? '');
    change(url);
    const address = url.href.replace('postgresql:', 'postgresql+asyncpg:');
    return machine.run(args, { PREFECT_SERVER_DATABASE_CONNECTION_URL: address });
  };
  const startArgs = ['server', 'start', '--no-ui', '--port', '0'];

  beforeAll(async () => {
    database = await createPostgresqlDatabase();
  });
  afterAll(async () => {
    await database?.drop();
    machine.remove();
  });

  test('that does not exist is refused in one line', async () => {
    const result = await run(startArgs, (url) => {
      url.pathname = '/absent';
    });
    expect(result).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^The database .*\/absent cannot be used: .*does not exist.*\n$/),
    });
  });

  test('that does not know the user is refused in one line without the password', async () => {
    const result = await run(startArgs, (url) => {
      url.username = 'stranger';
      url.password = 'hush';
    });
    expect(result).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The database .*stranger.*\n$/),
    });
    expect(result.err).not.toContain('hush');
  });

  test('is brought up to date once and emptied on demand', async () => {
    const up = ['server', 'database', 'upgrade'];
    expect(await run(up)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is up to date, by 0001_'),
    });
    expect(await run(up)).toMatchObject({
      code: 0,
      out: expect.stringContaining('was up to date'),
    });
    expect(await run(['server', 'database', 'reset', '--yes'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('is empty'),
    });
  });
});
