import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import type { ServerProcess } from '#tests/support/replay/server-process.ts';
import { serversLeftRunning } from '#tests/support/replay/server-process.ts';
import { startExaminedServer } from '#tests/support/replay/server.ts';

const SILENCE_MILLIS = 1500;

/** The websockets that this server has; the others must be refused like any unknown address. */
const BUILT = [
  '/api/events/in',
  '/api/events/out',
  '/api/task_runs/subscriptions/scheduled',
  '/api/work_pools/probe-pool/workers/connect',
];
const NOT_BUILT = ['/api/logs/out'];

interface Probe {
  readonly probe: string;
  readonly seen: unknown;
}

// The file is data of a known shape.
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../reference/websockets.json'), 'utf8'),
) as { observed_without_auth_string: Probe[]; observed_with_auth_string: Probe[] };

const EVENT = JSON.stringify({
  id: '55555555-5555-4555-8555-555555555501',
  occurred: new Date().toISOString(),
  event: 'probe.thing',
  resource: { 'prefect.resource.id': 'probe.1' },
  related: [],
  payload: {},
});
const auth = (token: string | null): string => JSON.stringify({ type: 'auth', token });

interface Attempt {
  readonly protocols: readonly string[];
  /** Sent one after the other, each after an answer or a silence. */
  readonly frames: readonly string[];
}

/** What each recorded probe sent, by the end of its name; `token` is the one that the server wants. */
const attemptOf = (name: string, token: string): Attempt | null => {
  const prefect = (...frames: readonly string[]): Attempt => ({ protocols: ['prefect'], frames });
  const attempts: Readonly<Record<string, Attempt>> = {
    'no subprotocol': { protocols: [], frames: [] },
    'other subprotocol': { protocols: ['other'], frames: [] },
    'prefect, first frame not auth': prefect('{"type":"hello"}'),
    'prefect, not JSON': prefect('nonsense'),
    'prefect, JSON list': prefect('[]'),
    'prefect, auth without token key': prefect('{"type":"auth"}'),
    'prefect, auth token null': prefect(auth(null)),
    'prefect, auth token "x"': prefect(auth('x')),
    'prefect, right token': prefect(auth(token)),
    'good event then bad event': prefect(auth(token), EVENT, '{"event": 1}'),
    'not JSON': prefect(auth(token), 'nonsense'),
    'no subprotocol, event straight': { protocols: [], frames: [EVENT] },
    'wrong second frame type': prefect(auth(token), '{"type":"hello"}'),
    'invalid filter': prefect(auth(token), '{"type":"filter","filter":{"event":7}}'),
    'filter missing': prefect(auth(token), '{"type":"filter"}'),
    'second frame not JSON': prefect(auth(token), 'nonsense'),
  };
  return attempts[name] ?? null;
};

/** Plays an attempt and notes what is seen in the words of the recording. */
const seenBy = async (address: string, { protocols, frames }: Attempt): Promise<unknown> => {
  const socket = new WebSocket(address, [...protocols]);
  const seen: unknown[] = [];
  const refused = once(socket, 'unexpected-response').catch(() => null);
  let failure = '';
  socket.on('error', (error) => {
    failure = error.message;
  });
  const opened = once(socket, 'open').then(
    () => null,
    () => null,
  );
  const response = await Promise.race([opened, refused]);
  if (response !== null) return { http_status: response[1].statusCode, body: '' };
  // The library hangs up on an acceptance without its subprotocol; the server has accepted it.
  if (failure === 'Server sent no subprotocol') {
    return [{ accepted_subprotocol: null }, '<nothing within 1.5s>'];
  }
  seen.push({ accepted_subprotocol: socket.protocol === '' ? null : socket.protocol });
  let wake: () => void = () => undefined;
  socket.on('message', (frame: Buffer) => {
    seen.push(JSON.parse(frame.toString('utf8')));
    wake();
  });
  const closed = once(socket, 'close');
  socket.on('close', (code, reason) => {
    const isDropped = code === 1006 || code === 1005;
    seen.push({ closed: isDropped ? null : code, reason: isDropped ? null : reason.toString() });
  });
  for (const frame of frames) {
    if (socket.readyState !== WebSocket.OPEN) break;
    const answered = new Promise<void>((resolve) => {
      wake = resolve;
    });
    socket.send(frame);
    await Promise.race([answered, closed, pause(400)]);
  }
  const isSilent = frames.length === 0 || protocols.length === 0;
  if (isSilent) {
    await Promise.race([closed, pause(SILENCE_MILLIS)]);
    if (seen.length === 1) seen.push('<nothing within 1.5s>');
  } else {
    await Promise.race([closed, pause(200)]);
  }
  socket.terminate();
  return seen;
};

describe.each([
  ['without an auth string', {}, recorded.observed_without_auth_string],
  [
    'with an auth string',
    { PREFECT_SERVER_API_AUTH_STRING: 'admin:pw' },
    recorded.observed_with_auth_string,
  ],
] as const)('websockets of a server %s', (_what, env, probes) => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startExaminedServer({ env });
  });

  afterAll(async () => {
    await server.stop();
    expect(serversLeftRunning()).toEqual([]);
  });

  const addressOf = (path: string): string => server.url.replace('http', 'ws') + path;

  const played = probes.flatMap(({ probe, seen }) => {
    const path = BUILT.find((built) => probe.startsWith(`${built} `));
    const attempt = path && attemptOf(probe.slice(path.length + 1), 'admin:pw');
    return path && attempt ? [{ probe, path, attempt, seen }] : [];
  });

  test.each(played)('$probe', async ({ path, attempt, seen }) => {
    expect(await seenBy(addressOf(path), attempt)).toEqual(seen);
  });

  test.skipIf(process.env['COMPAT_SERVER'] !== undefined).each([...NOT_BUILT, '/api/unknown'])(
    '%s is refused before the handshake',
    async (path) => {
      const attempt = { protocols: ['prefect'], frames: [] };
      expect(await seenBy(addressOf(path), attempt)).toEqual({ http_status: 403, body: '' });
    },
  );
});
