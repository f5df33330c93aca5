import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';
import { PROBED_AUTH_STRING, attemptOf, probes, seenBy } from '#tests/support/socket-probes.ts';

const ADDRESS_AND_NAME = /^(\/api\/\S+) (.+)$/;

describe.each([
  ['without an auth string', {}, probes.withoutAuthString],
  [
    'with an auth string',
    { PREFECT_SERVER_API_AUTH_STRING: PROBED_AUTH_STRING },
    probes.withAuthString,
  ],
] as const)('websockets of a server %s', (_what, env, recorded) => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startExaminedServer({ env });
  });

  afterAll(async () => {
    await server.stop();
    expect(serversLeftRunning()).toEqual([]);
  });

  const played = recorded.flatMap(({ probe, seen }) => {
    const [, path, name] = ADDRESS_AND_NAME.exec(probe) ?? [];
    const attempt = attemptOf(name ?? '');
    return path !== undefined && attempt !== null ? [{ probe, path, attempt, seen }] : [];
  });

  test.concurrent.each(played)('$probe', async ({ path, attempt, seen }) => {
    expect(await seenBy(server.url.replace('http', 'ws') + path, attempt)).toEqual(seen);
  });
});
