import { beforeAll, expect, test } from 'vitest';

import { createFlow } from '#server/commands/flow/create-flow.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';

const ISSUES =
  '... on ParameterSchemaError { path issues { path message rule } } ... on InvalidInputError { path issues { path message rule } }';

const SCHEMA = {
  type: 'object',
  properties: { count: { type: 'integer' }, name: { type: 'string' } },
  required: ['name'],
};

const TEMPLATE = {
  job_configuration: { size: '{{ size }}' },
  variables: { type: 'object', properties: { size: { type: 'integer' } } },
};

describeEachDatabase('What mutations refuse', (db) => {
  let flowId = '';

  beforeAll(async () => {
    flowId = (await createFlow(db.ctx, { name: 'checked' })).flow.id;
    await createWorkPool(db.ctx, { name: 'sized', type: 'test', baseJobTemplate: TEMPLATE });
  });

  const deploy = (input: Record<string, unknown>) =>
    mutate(db.ctx, 'createDeployment', {
      input: {
        flowId,
        parameterOpenapiSchema: SCHEMA,
        enforceParameterSchema: true,
        parameters: { name: 'a' },
        ...input,
      },
      payload: 'deployment { id labels }',
      refusals: ISSUES,
    });

  const update = (name: string, input: Record<string, unknown>) =>
    mutate(db.ctx, 'updateDeployment', {
      input: { deployment: { name: { flow: 'checked', deployment: name } }, ...input },
      payload: 'deployment { labels }',
      refusals: ISSUES,
    });

  test('parameters of a run that do not fit come with all that is wrong', async () => {
    await deploy({ name: 'strict' });
    const answer = await mutate(db.ctx, 'createFlowRunFromDeployment', {
      input: {
        deployment: { name: { flow: 'checked', deployment: 'strict' } },
        parameters: { count: 'many', name: 1 },
      },
      refusals: ISSUES,
    });
    expect(answer).toMatchObject({ __typename: 'ParameterSchemaError', code: 'PARAMETER_SCHEMA' });
    expect(answer['path']).toBeNull();
    expect(answer['issues']).toEqual(
      expect.arrayContaining([
        {
          rule: 'anyOf',
          path: ['parameters', 'count'],
          message: expect.stringContaining("'many'"),
        },
        {
          rule: 'type',
          path: ['parameters', 'name'],
          message: expect.stringContaining('1 is not'),
        },
      ]),
    );
  });

  test('a single fault is told by the path of the refusal too', async () => {
    await deploy({ name: 'single' });
    expect(await update('single', { parameters: { name: 'a', count: 'x' } })).toMatchObject({
      __typename: 'ParameterSchemaError',
      path: ['parameters', 'count'],
    });
  });

  test('a schema that is enforced and not there is a matter of parameters', async () => {
    await deploy({ name: 'bare', parameterOpenapiSchema: null, enforceParameterSchema: false });
    expect(await update('bare', { enforceParameterSchema: true, parameters: {} })).toMatchObject({
      __typename: 'ParameterSchemaError',
      issues: [],
    });
  });

  test('job variables that do not fit their pool are an invalid input, of old and new deployments', async () => {
    const misfit = { workPoolName: 'sized', jobVariables: { size: 'big' } };
    const expected = {
      __typename: 'InvalidInputError',
      issues: [{ path: ['jobVariables', 'size'], rule: 'anyOf' }],
    };
    expect(await deploy({ name: 'misfit', ...misfit })).toMatchObject(expected);
    await deploy({ name: 'fit' });
    expect(await update('fit', misfit)).toMatchObject(expected);
  });

  test('a block that is not there is named', async () => {
    const missing = newId();
    const answer = await mutate(db.ctx, 'createDeployment', {
      input: { flowId, name: 'blockless', storageDocumentId: missing },
      refusals: '... on NotFoundError { typename key }',
    });
    expect(answer).toMatchObject({
      __typename: 'NotFoundError',
      typename: 'BlockDocument',
      key: missing,
    });
  });

  test('labels are added to those that are there', async () => {
    await deploy({ name: 'labelled', labels: { team: 'a', tier: 1 } });
    expect(await update('labelled', { labels: { team: 'b', new: true } })).toMatchObject({
      deployment: { labels: { team: 'b', tier: 1, new: true, 'prefect.flow.id': flowId } },
    });
  });

  test.each([
    ['createVariable', { name: 'taken' }, 'Variable'],
    ['createWorkPool', { name: 'taken', type: 'process' }, 'WorkPool'],
    ['createWorkQueue', { name: 'default', workPool: { name: 'taken' } }, 'WorkQueue'],
    ['createBlockType', { name: 'Taken', slug: 'taken' }, 'BlockType'],
  ])('%s of what is there leads to it', async (name, input, typename) => {
    await mutate(db.ctx, name, { input });
    const answer = await mutate(db.ctx, name, {
      input,
      refusals: '... on AlreadyExistsError { existing { __typename id } }',
    });
    expect(answer).toMatchObject({
      __typename: 'AlreadyExistsError',
      existing: { __typename: typename, id: expect.any(String) },
    });
  });

  test('a queue that its pool needs is no missing one', async () => {
    await createWorkPool(db.ctx, { name: 'needy', type: 'process' });
    const answer = await mutate(db.ctx, 'deleteWorkQueue', {
      input: { workQueue: { name: { workPool: 'needy', name: 'default' } } },
      refusals: '... on ConflictError { current { ... on WorkQueue { name } } }',
    });
    expect(answer).toMatchObject({ __typename: 'ConflictError', current: { name: 'default' } });
  });
});
