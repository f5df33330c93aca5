import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { WebSocket } from 'ws';

/** What a client saw of the original, and the name that tells what it did. */
export interface Probe {
  readonly probe: string;
  readonly seen: unknown;
}

// The file is data of a known shape.
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../reference/websockets.json'), 'utf8'),
) as { observed_without_auth_string: Probe[]; observed_with_auth_string: Probe[] };

/** The token of the servers that were probed with one. */
export const PROBED_AUTH_STRING = 'admin:pw';

/** All probes, by what the server asked of its clients. */
export const probes = {
  withoutAuthString: recorded.observed_without_auth_string,
  withAuthString: recorded.observed_with_auth_string,
} as const;

/** An event that is valid whenever it is sent. */
export const probeEvent = (id: string): Readonly<Record<string, unknown>> => ({
  id,
  occurred: new Date().toISOString(),
  event: 'probe.thing',
  resource: { 'prefect.resource.id': 'probe.1' },
  related: [],
  payload: { a: 1 },
});

const authFrame = (token: string | null): string => JSON.stringify({ type: 'auth', token });

export interface Attempt {
  readonly protocols: readonly string[];
  /** Sent one after the other, each after an answer or a silence. */
  readonly frames: readonly string[];
}

/** A client that speaks the subprotocol and sends these frames. */
const prefectAttempt = (...frames: readonly string[]): Attempt => ({
  protocols: ['prefect'],
  frames,
});

/** What the probe of a name sent, beginning with its handshake; null when its frames are not in this list. */
export const attemptOf = (name: string): Attempt | null => {
  const event = JSON.stringify(probeEvent('55555555-5555-4555-8555-555555555501'));
  const authenticated = authFrame(PROBED_AUTH_STRING);
  const attempts: Readonly<Record<string, Attempt>> = {
    prefect: prefectAttempt(),
    'no subprotocol': { protocols: [], frames: [] },
    'other subprotocol': { protocols: ['other'], frames: [] },
    'prefect, first frame not auth': prefectAttempt('{"type":"hello"}'),
    'prefect, not JSON': prefectAttempt('nonsense'),
    'prefect, JSON list': prefectAttempt('[]'),
    'prefect, auth without token key': prefectAttempt('{"type":"auth"}'),
    'prefect, auth token null': prefectAttempt(authFrame(null)),
    'prefect, auth token "x"': prefectAttempt(authFrame('x')),
    'prefect, right token': prefectAttempt(authenticated),
    'good event then bad event': prefectAttempt(authenticated, event, '{"event": 1}'),
    'not JSON': prefectAttempt(authenticated, 'nonsense'),
    'no subprotocol, event straight': { protocols: [], frames: [event] },
    'wrong second frame type': prefectAttempt(authenticated, '{"type":"hello"}'),
    'wrong second frame': prefectAttempt(authenticated, '{"type":"hello"}'),
    'invalid filter': prefectAttempt(
      authenticated,
      '{"type":"filter","filter":{"event":7,"level":"x"}}',
    ),
    'filter missing': prefectAttempt(authenticated, '{"type":"filter"}'),
    'second frame not JSON': prefectAttempt(authenticated, 'nonsense'),
  };
  return attempts[name] ?? null;
};

const SILENCE_MILLIS = 1500;
const NOTHING = '<nothing within 1.5s>';

/** Plays an attempt and notes what is seen in the words of the recording. */
export const seenBy = async (address: string, { protocols, frames }: Attempt): Promise<unknown> => {
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
  if (failure === 'Server sent no subprotocol') return [{ accepted_subprotocol: null }, NOTHING];
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
  await Promise.race([closed, pause(isSilent ? SILENCE_MILLIS : 200)]);
  if (isSilent && seen.length === 1) seen.push(NOTHING);
  socket.terminate();
  return seen;
};
