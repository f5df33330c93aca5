import { afterAll, beforeAll, expect, test } from 'vitest';

import { createClient } from '#client-gen/sdk/client.ts';
import {
  CancelFlowRunDocument,
  CreateWorkPoolDocument,
} from '#client-gen/sdk/generated/graphql.ts';
import { type Handle, type WorkerOptions, runWorker } from '#client-gen/sdk/worker.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';

let app: StartedApp;
let client: ReturnType<typeof createClient>;
let flowId = '';

beforeAll(async () => {
  app = await startApp('sqlite', { PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false' });
  client = createClient({ url: `${app.url}/graphql` });
  flowId = (await client.createFlow({ name: 'worked' })).id;
});

afterAll(async () => {
  await client.close();
  await app.close();
});

const makePool = (name: string) =>
  client.mutate(CreateWorkPoolDocument, { input: { name, type: 'typescript' } });

const makeRun = async (workPoolName: string, name: string): Promise<string> => {
  const state = { type: 'SCHEDULED' } as const;
  return (await client.createFlowRun({ flowId, name, workPoolName, state })).id;
};

const endOf = async (id: string) => {
  const states = await Array.fromAsync(client.followFlowRun(id));
  return states.at(-1)?.state;
};

/** A worker that can be stopped, with the errors it told of. */
const start = (options: Pick<WorkerOptions, 'workPoolName' | 'concurrency'>, handle: Handle) => {
  const stopping = new AbortController();
  const errors: unknown[] = [];
  const done = runWorker(client, {
    ...options,
    name: 'worker',
    signal: stopping.signal,
    onError: (error) => errors.push(error),
    handle,
  });
  return {
    errors,
    stop: (): Promise<void> => {
      stopping.abort();
      return done;
    },
  };
};

test('a worker of a pool that is not there is refused', async () => {
  const worker = start({ workPoolName: 'none' }, () => Promise.resolve());
  await expect(worker.stop()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a worker does every run once, no more than it may at a time, and writes its lines', async () => {
  await makePool('many');
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  let atOnce = 0;
  let most = 0;
  const two = Promise.withResolvers<void>();
  const done: string[] = [];
  const ids = await Promise.all(names.map((name) => makeRun('many', name)));
  const worker = start({ workPoolName: 'many', concurrency: 2 }, async ({ run, log }) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    log(`doing ${run.name}`);
    if (atOnce === 2) two.resolve();
    await two.promise;
    atOnce -= 1;
    done.push(run.name);
  });
  const ends = await Promise.all(ids.map(endOf));
  expect(ends.map((state) => state?.name)).toEqual(names.map(() => 'Completed'));
  expect(done.toSorted()).toEqual(names);
  expect(most).toBe(2);
  const { logs } = await client.request<{ logs: { nodes: { message: string }[] } }, object>(
    `{ logs(filter: { flowRunId: { in: ["${ids[0]}"] } }) { nodes { message } } }`,
    {},
  );
  expect(logs.nodes).toEqual([{ message: 'doing a' }]);
  await worker.stop();
  expect(worker.errors).toEqual([]);
});

test('what a handler throws fails its run, and the worker goes on', async () => {
  await makePool('broken');
  const worker = start({ workPoolName: 'broken' }, ({ run }) =>
    run.name === 'bad'
      ? Promise.reject(new Error('no luck'))
      : Promise.resolve({ type: 'COMPLETED', name: 'Done', message: 'well' }),
  );
  const bad = await makeRun('broken', 'bad');
  const good = await makeRun('broken', 'good');
  expect(await endOf(bad)).toMatchObject({ type: 'FAILED', message: 'no luck' });
  expect(await endOf(good)).toMatchObject({ type: 'COMPLETED', name: 'Done', message: 'well' });
  await worker.stop();
});

test('a run that is cancelled has its signal, and ends cancelled', async () => {
  await makePool('stopped');
  const begun = Promise.withResolvers<void>();
  const worker = start({ workPoolName: 'stopped' }, ({ signal }) => {
    begun.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  });
  const id = await makeRun('stopped', 'long');
  await begun.promise;
  await client.mutate(CancelFlowRunDocument, { input: { id } });
  expect(await endOf(id)).toMatchObject({ type: 'CANCELLED' });
  await worker.stop();
  expect(worker.errors).toEqual([]);
});

test('a worker that is stopped ends what it has in hand and takes nothing more', async () => {
  await makePool('ending');
  let finish = (): void => undefined;
  const begun = Promise.withResolvers<void>();
  const worker = start({ workPoolName: 'ending' }, () => {
    begun.resolve();
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  const first = await makeRun('ending', 'first');
  await begun.promise;
  const second = await makeRun('ending', 'second');
  const stopped = worker.stop();
  finish();
  await stopped;
  expect(await endOf(first)).toMatchObject({ type: 'COMPLETED' });
  const { value } = await client.followFlowRun(second).next();
  expect(value?.state?.type).toBe('SCHEDULED');
});
