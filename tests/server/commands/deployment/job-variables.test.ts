import { expect, test } from 'vitest';

import { createFlowRunFromDeployment } from '#server/commands/deployment/create-flow-run-from-deployment.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { serveApi } from '#tests/support/api.ts';
import { type TestDatabase, describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment } from '#tests/support/deployments.ts';

const templateWith = (properties: object, required: readonly string[] = []) => ({
  job_configuration: { command: 'run' },
  variables: { type: 'object', properties, required },
});

const reference = (id: string) => ({ $ref: { block_document_id: id } });

/** A block document with the data, by way of REST. */
const buildBlock = async ({ ctx }: TestDatabase, data: object): Promise<string> => {
  const api = await serveApi(ctx);
  const create = async (path: string, body: object): Promise<string> =>
    ((await api.call('POST', path, body)).json as { id: string }).id;
  const blockTypeId = await create('/block_types/', { name: 'Cluster', slug: 'cluster' });
  const blockSchemaId = await create('/block_schemas/', {
    block_type_id: blockTypeId,
    fields: { title: 'Cluster', type: 'object', properties: { cpu: { type: 'integer' } } },
  });
  const id = await create('/block_documents/', {
    name: 'big',
    block_type_id: blockTypeId,
    block_schema_id: blockSchemaId,
    data,
  });
  await api.close();
  return id;
};

describeEachDatabase('job variables', (db) => {
  const runOf = async (name: string, baseJobTemplate: object, jobVariables = {}) => {
    // Templates of these tests are JSON.
    const template = baseJobTemplate as Parameters<typeof createWorkPool>[1]['baseJobTemplate'];
    await createWorkPool(db.ctx, { name, type: 'process', baseJobTemplate: template });
    const { id: deploymentId } = await buildDeployment(db.ctx, { workPoolName: name });
    return createFlowRunFromDeployment(db.ctx, { deploymentId, input: { jobVariables } });
  };

  test('that a run lacks are refused', async () => {
    const template = templateWith({ image: { type: 'string' } }, ['image']);
    await expect(runOf('lacking', template)).rejects.toMatchObject({
      code: 'INVALID',
      message:
        "Error creating flow run: Validation failed. Failure reason: 'image' is a required property",
    });
  });

  test('a schema that is none is refused with the pool', async () => {
    await expect(runOf('wrong', templateWith({ image: { type: 'zzz' } }))).rejects.toMatchObject({
      code: 'INVALID',
      message: "Invalid schema: 'zzz' is not valid under any of the given schemas",
    });
  });

  test('a default that points to no block is refused with the pool', async () => {
    const template = templateWith({ cluster: { default: reference(newId()) } });
    await expect(runOf('pointless', template)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Block not found.',
    });
  });

  test('a default that points to a block counts with the data of the block', async () => {
    const id = await buildBlock(db, { cpu: 4 });
    const cluster = {
      type: 'object',
      properties: { cpu: { type: 'integer', minimum: 8 } },
      default: reference(id),
    };
    await expect(runOf('small', templateWith({ cluster }))).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('4 is less than the minimum of 8'),
    });
    const fitting = { ...cluster, properties: { cpu: { type: 'integer' } } };
    const { flowRun } = await runOf('big', templateWith({ cluster: fitting }, ['cluster']));
    expect(flowRun.jobVariables).toEqual({});
  });

  test('that the pool does not know go along', async () => {
    const { flowRun } = await runOf('open', templateWith({ a: {} }), { b: 1 });
    expect(flowRun.jobVariables).toEqual({ b: 1 });
  });
});
