// Makes a work pool and does the runs that wait in it, two at a time, until Ctrl-C.
// Start a server, then: node client-gen/examples/worker.ts [http://127.0.0.1:4200/graphql] [pool]
import { ApiError } from '../sdk/api-error.ts';
import { createClient } from '../sdk/client.ts';
import { CreateWorkPoolDocument } from '../sdk/generated/graphql.ts';
import { runWorker } from '../sdk/worker.ts';

const [, , url = 'http://127.0.0.1:4200/graphql', workPoolName = 'typescript'] = process.argv;

const client = createClient({ url });
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());

try {
  const input = { name: workPoolName, type: 'typescript' };
  await client.mutate(CreateWorkPoolDocument, { input });
} catch (error) {
  if (!(error instanceof ApiError) || error.code !== 'ALREADY_EXISTS') throw error;
}

console.log(`working for ${workPoolName}`);
await runWorker(client, {
  workPoolName,
  name: `example-${process.pid}`,
  concurrency: 2,
  signal: stopping.signal,
  handle: async ({ run, signal, log }) => {
    log(`${run.flow.name} was called with ${JSON.stringify(run.parameters)}`);
    for (let step = 1; step <= 3 && !signal.aborted; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      log(`step ${step}`);
    }
    console.log(`${run.name} ${signal.aborted ? 'was cancelled' : 'is done'}`);
    return { type: 'COMPLETED', message: 'Three steps.' };
  },
});
await client.close();
