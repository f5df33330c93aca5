// Takes slots of a limit, holds and gives them back, over and over: node slot-holder.ts <api> <limit> <seconds>
import { setTimeout as pause } from 'node:timers/promises';

const [api = '', name = '', seconds = '1'] = process.argv.slice(2);
const LEASE_SECONDS = 60;
const LONGEST_HOLD_MILLIS = 400;

const call = (path: string, body: object): Promise<Response> =>
  fetch(`${api}/v2/concurrency_limits/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** All processes of a machine share this clock. */
const now = (): number => performance.timeOrigin + performance.now();

const end = now() + Number(seconds) * 1000;
while (now() < end) {
  const taken = await call('increment-with-lease', {
    names: [name],
    slots: 1,
    lease_duration: LEASE_SECONDS,
  });
  if (taken.status !== 200) {
    await pause(Number(taken.headers.get('retry-after') ?? 1) * 1000);
    continue;
  }
  const { lease_id: lease } = (await taken.json()) as { lease_id: string };
  console.log(JSON.stringify({ kind: 'took', lease, at: now() }));
  await pause(Math.random() * LONGEST_HOLD_MILLIS);
  const renewed = await call(`leases/${lease}/renew`, { lease_duration: LEASE_SECONDS });
  if (renewed.status !== 204) console.log(JSON.stringify({ kind: 'lost', lease, at: now() }));
  await pause(Math.random() * LONGEST_HOLD_MILLIS);
  console.log(JSON.stringify({ kind: 'gives', lease, at: now() }));
  await call('decrement-with-lease', { lease_id: lease });
}
