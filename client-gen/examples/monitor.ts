// Prints every state that flow runs enter and, for those that are late, why they wait. Ctrl-C ends it.
// Start a server, then: node client-gen/examples/monitor.ts [http://127.0.0.1:4200/graphql]
import { createClient } from '../sdk/client.ts';
import { FlowRunStatesDocument, WhyIsItWaitingDocument } from '../sdk/generated/graphql.ts';

const [, , url = 'http://127.0.0.1:4200/graphql'] = process.argv;

const client = createClient({ url });
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());

const { signal } = stopping;
console.log('watching');
for await (const { flowRunStateChanged: change } of client.subscribe(
  FlowRunStatesDocument,
  {},
  { signal },
)) {
  const { flowRun, previousState, state } = change;
  const from = previousState?.name ?? 'new';
  console.log(`${flowRun.flow.name}/${flowRun.name}: ${from} -> ${state.name}`);
  if (state.name !== 'Late') continue;
  const { flowRun: late } = await client.request(WhyIsItWaitingDocument, { id: flowRun.id });
  for (const { message } of late?.waiting ?? []) console.log(`  ${message}`);
}
await client.close();
