// Creates a flow and a run, moves the run to its end and follows it meanwhile.
// Start a server, then: node client-gen/examples/run-and-follow.ts [http://127.0.0.1:4200/graphql]
import { createClient } from '../sdk/client.ts';

const [, , url = 'http://127.0.0.1:4200/graphql'] = process.argv;

const client = createClient({ url });
const flow = await client.createFlow({ name: 'run-and-follow' });
const run = await client.createFlowRun({
  flowId: flow.id,
  parameters: { greeting: 'hello' },
  state: { type: 'PENDING', name: 'Pending' },
});
console.log(`created ${run.name} of ${flow.name}`);

const work = async (): Promise<void> => {
  await client.setFlowRunState({ id: run.id, state: { type: 'RUNNING', name: 'Running' } });
  await client.setFlowRunState({
    id: run.id,
    state: { type: 'COMPLETED', name: 'Completed', message: 'All states completed.' },
  });
};

let isWorking = false;
for await (const { name, state, totalRunTimeSeconds } of client.followFlowRun(run.id)) {
  console.log(`${name} is ${state?.name ?? 'without a state'} after ${totalRunTimeSeconds} s`);
  // The first message is the run as it is: from here on no change can be missed.
  if (!isWorking) void work();
  isWorking = true;
}
await client.close();
