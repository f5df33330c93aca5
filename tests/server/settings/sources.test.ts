import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readSettings } from '#server/settings.ts';
import { readSources } from '#server/settings/sources.ts';

const PORT = 'PREFECT_SERVER_API_PORT';
const LIMIT = 'PREFECT_SERVER_API_DEFAULT_LIMIT';
const OLDER_LIMIT = 'PREFECT_API_DEFAULT_LIMIT';

describe('the files in which Prefect keeps settings', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prefect-server-sources-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const read = (own: Readonly<Record<string, string>> = {}) =>
    readSources(folder, { PREFECT_HOME: folder, ...own });

  test.each(['prefect.toml', 'profiles.toml'])(
    'a %s that is no TOML is refused by name',
    (name) => {
      write(name, 'port = = 1');
      expect(() => read()).toThrowError(
        expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(name) }),
      );
    },
  );

  test('a pyproject.toml that is no TOML concerns others', () => {
    write('pyproject.toml', '= 1');
    expect(read()).toEqual({ PREFECT_HOME: folder });
  });

  test('none of them need be there', () => {
    expect(read({ OTHER: 'o' })).toEqual({ PREFECT_HOME: folder, OTHER: 'o' });
  });

  test('the tables of prefect.toml spell the variables', () => {
    write(
      'prefect.toml',
      `[server.api]
port = 4300
csrf_protection_enabled = true
[server.services.late_runs]
after_seconds = 1.5
[server.services.db_vacuum]
enabled = ["events", "orphans"]
event_retention_overrides = { "some.event" = 60 }`,
    );
    const settings = readSettings(read());
    expect(settings.api).toMatchObject({ port: 4300, csrfProtectionEnabled: true });
    expect(settings.services.lateRuns.afterSeconds).toBe(1.5);
    expect(settings.services.vacuum).toMatchObject({
      parts: ['events', 'orphans'],
      eventRetentionOverridesSeconds: { 'some.event': 60 },
    });
  });

  test('of pyproject.toml the part for Prefect counts', () => {
    write('pyproject.toml', '[tool.prefect.server.api]\nport = 4301\n[tool.other]\nport = 1');
    expect(read()).toEqual({ PREFECT_HOME: folder, [PORT]: '4301' });
  });

  describe('of the profiles', () => {
    beforeEach(() =>
      write(
        'profiles.toml',
        `active = "one"
[profiles.one]
${PORT} = "1"
[profiles.two]
${PORT} = 2`,
      ),
    );

    test('the active one counts', () => expect(read()[PORT]).toBe('1'));

    test('another one can be named', () => {
      expect(read({ PREFECT_PROFILE: 'two' })[PORT]).toBe('2');
      expect(read({ PREFECT_PROFILE: 'none' })[PORT]).toBeUndefined();
    });

    test('their file may be elsewhere', () => {
      write('mine.toml', `active = "mine"\n[profiles.mine]\n${PORT} = 3`);
      expect(read({ PREFECT_PROFILES_PATH: join(folder, 'mine.toml') })[PORT]).toBe('3');
    });
  });

  test('each wins over those after it: environment, .env, prefect.toml, pyproject.toml, profile', () => {
    const seen: (string | undefined)[] = [];
    write('profiles.toml', `active = "p"\n[profiles.p]\n${PORT} = 5`);
    seen.push(read()[PORT]);
    write('pyproject.toml', '[tool.prefect.server.api]\nport = 4');
    seen.push(read()[PORT]);
    write('prefect.toml', '[server.api]\nport = 3');
    seen.push(read()[PORT]);
    write('.env', `${PORT}=2`);
    seen.push(read()[PORT], read({ [PORT]: '' })[PORT], read({ [PORT]: '1' })[PORT]);
    expect(seen).toEqual(['5', '4', '3', '2', '2', '1']);
  });

  test('an older name in one wins over the present name in those after it', () => {
    write('profiles.toml', `active = "p"\n[profiles.p]\n${LIMIT} = 5`);
    expect(readSettings(read({ [OLDER_LIMIT]: '7' })).api.defaultLimit).toBe(7);
    expect(readSettings(read()).api.defaultLimit).toBe(5);
  });
});
