import type { Context } from '#server/context.ts';
import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';

import { mutate } from './mutate.ts';
import { data } from './operations.ts';

type Input = Record<string, unknown>;

/** Does a mutation and gives the id of what its payload is about. Fails when it is refused. */
const make = async (
  ctx: Context,
  name: string,
  { input, of }: { readonly input: Input; readonly of: string },
): Promise<string> => {
  const answer = await mutate(ctx, name, { input, payload: `${of} { id }` });
  const made = answer[of];
  if (typeof made === 'object' && made !== null && 'id' in made) return String(made.id);
  throw new Error(`${name}: ${JSON.stringify(answer)}`);
};

const FIELDS = (slug: string) => ({
  title: slug,
  type: 'object',
  properties: { address: { type: 'string' } },
  block_type_slug: slug,
});

const buildBlocks = async (ctx: Context, name: string): Promise<string> => {
  const slug = `store-${name}`;
  const blockTypeId = await make(ctx, 'createBlockType', {
    input: { name: slug, slug },
    of: 'blockType',
  });
  const blockSchemaId = await make(ctx, 'createBlockSchema', {
    input: { blockTypeId, fields: FIELDS(slug), capabilities: ['read'] },
    of: 'blockSchema',
  });
  const document = (documentName: string, values: Input) =>
    make(ctx, 'createBlockDocument', {
      input: { name: documentName, blockTypeId, blockSchemaId, data: values },
      of: 'blockDocument',
    });
  const inner = await document(`${name}-inner`, { address: 'here' });
  await document(`${name}-outer`, { address: { $ref: { block_document_id: inner } } });
  return inner;
};

const buildAutomation = (
  ctx: Context,
  {
    name,
    deploymentId,
    blockDocumentId,
  }: Readonly<Record<'name' | 'deploymentId' | 'blockDocumentId', string>>,
): Promise<string> => {
  const event = { posture: 'REACTIVE', expect: ['probe.*'], threshold: 1, withinSeconds: 0 };
  return make(ctx, 'createAutomation', {
    input: {
      name: `automation-${name}`,
      trigger: {
        compound: { triggers: [{ event }, { event }], requireAny: true, withinSeconds: 9 },
      },
      actions: [
        { runDeployment: { source: 'SELECTED', deploymentId, parameters: {} } },
        { sendNotification: { blockDocumentId, subject: 'Hi', body: 'there' } },
      ],
    },
    of: 'automation',
  });
};

const buildWork = async (ctx: Context, name: string): Promise<void> => {
  const workPool = { name: `pool-${name}` };
  await make(ctx, 'createWorkPool', {
    input: { ...workPool, type: 'process', concurrencyLimit: 5 },
    of: 'workPool',
  });
  await make(ctx, 'createWorkQueue', {
    input: { workPool, name: `queue-${name}`, concurrencyLimit: 3 },
    of: 'workQueue',
  });
  await make(ctx, 'workerHeartbeat', {
    input: { workPoolName: workPool.name, name: `worker-${name}` },
    of: 'worker',
  });
};

const buildDeployment = (
  ctx: Context,
  { name, flowId }: { readonly name: string; readonly flowId: string },
): Promise<string> =>
  make(ctx, 'createDeployment', {
    input: {
      name: `deployment-${name}`,
      flowId,
      workPoolName: `pool-${name}`,
      workQueueName: `queue-${name}`,
      concurrencyLimit: 4,
      schedules: [{ schedule: { cron: { cron: '0 3 * * *' } } }],
    },
    of: 'deployment',
  });

const buildRun = async (
  ctx: Context,
  { name, flowId, deploymentId }: Readonly<Record<'name' | 'flowId' | 'deploymentId', string>>,
): Promise<void> => {
  const flowRunId = await make(ctx, 'createFlowRunFromDeployment', {
    input: { deployment: { id: deploymentId }, name: `run-${name}` },
    of: 'flowRun',
  });
  await mutate(ctx, 'setFlowRunState', { input: { id: flowRunId, state: { type: 'PENDING' } } });
  const taskRun = (dynamicKey: string, taskInputs: Input = {}) =>
    make(ctx, 'createTaskRun', {
      input: {
        flowRunId,
        taskKey: 'task',
        dynamicKey,
        name: `${dynamicKey}-${name}`,
        tags: [`tag-${name}`],
        taskInputs,
        state: { type: 'PENDING' },
      },
      of: 'taskRun',
    });
  const first = await taskRun('first');
  const second = await taskRun('second', { x: [{ input_type: 'task_run', id: first }] });
  await make(ctx, 'createFlowRun', {
    input: { flowId, name: `sub-${name}`, parentTaskRunId: second, state: { type: 'PENDING' } },
    of: 'flowRun',
  });
  const about = { flowRunId, taskRunId: first };
  const line = { name: 'flow', level: 20, message: 'hi', timestamp: formatInstant(nowMicros()) };
  await mutate(ctx, 'createLogs', { input: { logs: [{ ...line, ...about }] } });
  await make(ctx, 'createArtifact', {
    input: { key: `report-${name}`, type: 'markdown', data: '# Hi', ...about },
    of: 'artifact',
  });
  await make(ctx, 'createFlowRunInput', {
    input: { flowRunId, key: 'answer', value: 42 },
    of: 'flowRunInput',
  });
  await mutate(ctx, 'createTaskConcurrencyLimit', { input: { tag: `tag-${name}`, limit: 3 } });
  await mutate(ctx, 'incrementTaskConcurrencyLimits', {
    input: { tags: [`tag-${name}`], taskRunId: first },
  });
  const told = (event: string, more: Input) => ({
    event,
    occurred: formatInstant(nowMicros()),
    resource: { 'prefect.resource.id': `prefect.flow-run.${flowRunId}` },
    related: [{ 'prefect.resource.id': `prefect.flow.${flowId}`, 'prefect.resource.role': 'flow' }],
    ...more,
  });
  const [id, next] = [newId(), newId()];
  await mutate(ctx, 'emitEvents', {
    input: { events: [told('probe.first', { id }), told('probe.next', { id: next, follows: id })] },
  });
};

/** More children of one run than all lists of a test show together. */
const MANY = 60;

const addMany = async (ctx: Context): Promise<void> => {
  const { flowRuns } = await data(
    ctx,
    '{ flowRuns(filter: { name: { in: ["run-a"] } }) { nodes { id } } }',
  );
  const [run] = (flowRuns as { nodes: readonly { id: string }[] }).nodes;
  if (run === undefined) throw new Error('There is no such run.');
  const numbers = Array.from({ length: MANY }, (_unused, index) => index);
  const line = { name: 'flow', level: 20, flowRunId: run.id };
  const timestamp = formatInstant(nowMicros());
  await mutate(ctx, 'createLogs', {
    input: { logs: numbers.map((number) => ({ ...line, timestamp, message: `line ${number}` })) },
  });
  for (const number of numbers)
    await make(ctx, 'createTaskRun', {
      input: {
        flowRunId: run.id,
        taskKey: 'many',
        dynamicKey: `${number}`,
        name: `z-${number}`,
        state: { type: 'PENDING' },
      },
      of: 'taskRun',
    });
};

/** Five flows, each with one of everything that hangs on a flow, and all of it alike, but for one run that has many more. */
export const buildFamilies = async (ctx: Context): Promise<void> => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const flowId = await make(ctx, 'createFlow', { input: { name: `flow-${name}` }, of: 'flow' });
    await buildWork(ctx, name);
    const deploymentId = await buildDeployment(ctx, { name, flowId });
    await buildRun(ctx, { name, flowId, deploymentId });
    const blockDocumentId = await buildBlocks(ctx, name);
    await buildAutomation(ctx, { name, deploymentId, blockDocumentId });
  }
  await addMany(ctx);
};
