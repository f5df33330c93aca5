import { once } from 'node:events';
import { connect } from 'node:net';

import { openSocket } from '#tests/support/socket-client.ts';

const post = (url: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });

const take = (url: string): Promise<Response> =>
  post(url, '/api/v2/concurrency_limits/increment', { names: ['full'], slots: 1 });

/** Somebody who is with a server that is to stop. */
type Client = (url: string) => Promise<unknown>;

export const waitsForSlot: Client = async (url) => {
  await post(url, '/api/v2/concurrency_limits/', { name: 'full', limit: 1 });
  await take(url);
  void take(url).catch(() => undefined);
};

const followsEvents: Client = async (url) => {
  const { send, next } = await openSocket(`${url.replace('http', 'ws')}/api/events/out`);
  send({ type: 'auth', token: null });
  await next(0);
  send({ type: 'filter', filter: {} });
};

/** One that has stopped reading and never says goodbye. */
const hangsOnSocket: Client = async (url) => {
  const { socket } = await openSocket(`${url.replace('http', 'ws')}/api/events/in`);
  socket.pause();
};

const worksForPool: Client = async (url) => {
  await post(url, '/api/work_pools/', { name: 'pool', type: 'process' });
  const address = `${url.replace('http', 'ws')}/api/work_pools/pool/workers/connect`;
  const { send, next } = await openSocket(address);
  send({ type: 'auth', token: null });
  await next(0);
};

const subscribesBySse: Client = async (url) => {
  const query = 'subscription { events { cursor } }';
  const answer = await post(url, '/graphql', { query });
  await answer.body?.getReader().read();
};

const sendsHalfARequest: Client = async (url) => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('POST /api/flows/ HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"name"');
};

/** One of each kind. */
export const EVERYBODY: readonly Client[] = [
  waitsForSlot,
  followsEvents,
  hangsOnSocket,
  worksForPool,
  subscribesBySse,
  sendsHalfARequest,
];
