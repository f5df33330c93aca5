import { expect, test } from 'vitest';

import { readSettings } from '#server/settings.ts';
import { publishedSettings } from '#server/settings/published.ts';

test('secrets are masked', () => {
  const published = publishedSettings(
    readSettings({
      PREFECT_SERVER_API_AUTH_STRING: 'admin:hush',
      PREFECT_SERVER_DATABASE_PASSWORD: 'hush',
      PREFECT_SERVER_DATABASE_CONNECTION_URL: 'postgresql://a:hush@host/name',
      PREFECT_SERVER_ENCRYPTION_KEY: 'hush',
      PREFECT_API_AUTH_STRING: 'admin:hush',
    }),
  );
  expect(JSON.stringify(published)).not.toContain('hush');
  expect(published).toMatchObject({ server: { api: { auth_string: '**********' } } });
});

test("the tree and its spelling are Prefect's", () => {
  expect(publishedSettings(readSettings({ PREFECT_HOME: '/data' }))).toMatchObject({
    home: '/data',
    server: {
      logging_level: 'WARNING',
      memo_store_path: '/data/memo_store.toml',
      api: { auth_string: null, keepalive_timeout: 5, csrf_token_expiration: 'PT1H' },
      database: { sqlalchemy: { pool_size: 5, connect_args: { tls: { check_hostname: true } } } },
      events: { retention_period: 'P7D' },
      services: {
        db_vacuum: { event_retention_overrides: { 'prefect.flow-run.heartbeat': 'P7D' } },
        late_runs: { after_seconds: 'PT15S' },
      },
      ui: { api_url: 'http://127.0.0.1:4200/api' },
    },
  });
});

test('floats are told as such, also where they are whole', () => {
  const text = JSON.stringify(publishedSettings(readSettings({})));
  expect(text).toContain('"websocket_ping_interval":20.0');
  expect(text).toContain('"keepalive_timeout":5,');
});
