import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import { WebSocket } from 'ws';

import type { Target } from './target.ts';
import { ask } from './target.ts';

const OPENED_AT_ONCE = 50;
const SENT = '"sent":"';
/** Milliseconds since 1970 have so many digits for the next two centuries. */
const DIGITS = 13;
const DAY_MILLIS = 86_400_000;

export interface EventReader {
  readonly socket: WebSocket;
  /** Frames of events so far. */
  readonly received: () => number;
}

export interface OpenReaders {
  readonly count: number;
  /** The name of the events that are wanted. */
  readonly name: string;
  /** Hears how old an event was when it came, in milliseconds. */
  readonly onAge: (ageMillis: number) => void;
}

const openReader = async (
  target: Target,
  { name, onAge }: Omit<OpenReaders, 'count'>,
): Promise<EventReader> => {
  const url = `${target.url.replace('http', 'ws')}/api/events/out`;
  const options = { perMessageDeflate: false, skipUTF8Validation: true };
  const socket = new WebSocket(url, ['prefect'], options);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', token: null }));
  await once(socket, 'message');
  let received = 0;
  socket.on('message', (data: Buffer) => {
    received += 1;
    const at = data.indexOf(SENT);
    if (at === -1) return;
    const sentAt = data.toString('latin1', at + SENT.length, at + SENT.length + DIGITS);
    onAge(Date.now() - Number(sentAt));
  });
  const occurred = {
    since: new Date(Date.now() - 60_000).toISOString(),
    until: new Date(Date.now() + 365 * DAY_MILLIS).toISOString(),
  };
  const filter = { occurred, event: { prefix: [name] }, order: 'ASC' };
  socket.send(JSON.stringify({ type: 'filter', backfill: false, filter }));
  return { socket, received: () => received };
};

/** Opens readers of `/events/out` that want events of one name as they come, fifty at a time. */
export const openReaders = async (
  target: Target,
  { count, ...options }: OpenReaders,
): Promise<readonly EventReader[]> => {
  const readers: EventReader[] = [];
  while (readers.length < count) {
    const next = Math.min(OPENED_AT_ONCE, count - readers.length);
    readers.push(
      ...(await Promise.all(Array.from({ length: next }, () => openReader(target, options)))),
    );
  }
  return readers;
};

/** Hands in events that tell when they were sent; throws when they are refused. */
export const sendEvents = async (target: Target, name: string, count: number): Promise<void> => {
  const events = Array.from({ length: count }, () => ({
    id: randomUUID(),
    occurred: new Date().toISOString(),
    event: name,
    resource: { 'prefect.resource.id': 'bench.fan-out' },
    related: [],
    payload: { sent: String(Date.now()) },
  }));
  const reply = await ask(target, {
    method: 'POST',
    path: '/api/events',
    body: JSON.stringify(events),
  });
  if (reply.status >= 300) throw new Error(`${reply.status} ${reply.text.slice(0, 200)}`);
};
