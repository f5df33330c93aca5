import { expect, test } from 'vitest';

import { createDeployment } from '#server/commands/deployment/create-deployment.ts';
import { deleteDeployment } from '#server/commands/deployment/delete-deployment.ts';
import { updateDeployment } from '#server/commands/deployment/update-deployment.ts';
import { createWorkPool } from '#server/commands/work-pool/create-work-pool.ts';
import { newId } from '#server/ids.ts';
import { readDeployment } from '#server/queries/deployment/read-deployment.ts';
import { parseSchedule } from '#server/schedules/wire.ts';
import { describeEachDatabase } from '#tests/support/database.ts';
import { buildDeployment, buildFlow, eventNames } from '#tests/support/deployments.ts';

const cron = (text: string) => parseSchedule({ cron: text, timezone: 'UTC' });

const PARAMETERS = {
  type: 'object',
  properties: {
    x: { type: 'integer' },
    y: { type: 'object', properties: { z: { type: 'string' } }, required: ['z'] },
  },
  required: ['x'],
};

describeEachDatabase('deployments', (db) => {
  test('one of an unknown flow is refused', async () => {
    await expect(createDeployment(db.ctx, { flowId: newId(), name: 'lost' })).rejects.toMatchObject(
      { code: 'CONFLICT' },
    );
  });

  test('one in an unknown pool is refused', async () => {
    const flowId = await buildFlow(db.ctx);
    await expect(
      createDeployment(db.ctx, { flowId, name: 'lost', workPoolName: 'nowhere' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'Work pool "nowhere" not found.' });
  });

  test('job variables that do not fit the pool are refused', async () => {
    const flowId = await buildFlow(db.ctx);
    await createWorkPool(db.ctx, {
      name: 'typed',
      type: 'process',
      baseJobTemplate: {
        job_configuration: { cpu: '{{ cpu }}' },
        variables: { type: 'object', properties: { cpu: { type: 'integer' } } },
      },
    });
    const input = { flowId, name: 'd', workPoolName: 'typed', jobVariables: { cpu: 'many' } };
    await expect(createDeployment(db.ctx, input)).rejects.toMatchObject({
      code: 'INVALID',
      message:
        "Error creating deployment: Validation failed for field 'cpu'. Failure reason: 'many' is not valid under any of the given schemas",
    });
  });

  test.each([
    [
      { x: 'text' },
      "Validation failed for field 'x'. Failure reason: 'text' is not of type 'integer'",
    ],
    [
      { x: 1, y: { z: [] } },
      "Validation failed for field 'y.z'. Failure reason: [] is not of type 'string'",
    ],
  ])(
    'parameters that its schema does not allow are refused where it is enforced: %j',
    async (parameters, message) => {
      const flowId = await buildFlow(db.ctx);
      const input = { flowId, name: 'd', parameters, parameterOpenapiSchema: PARAMETERS };
      await expect(
        createDeployment(db.ctx, { ...input, enforceParameterSchema: true }),
      ).rejects.toMatchObject({ code: 'INVALID', message });
      for (const enforceParameterSchema of [false, undefined]) {
        const made = await createDeployment(db.ctx, { ...input, enforceParameterSchema });
        expect(made.deployment.parameters).toEqual(parameters);
      }
    },
  );

  test.each([
    [{ type: 'wrong' }, "'wrong' is not valid under any of the given schemas"],
    [{ properties: { x: { minimum: 'a' } } }, "'a' is not of type 'number'"],
    [{ required: 5 }, "5 is not of type 'array'"],
  ])(
    'a schema that is none is refused where it is enforced: %j',
    async (parameterOpenapiSchema, fault) => {
      const flowId = await buildFlow(db.ctx);
      const input = { flowId, name: 'd', parameterOpenapiSchema };
      await expect(
        createDeployment(db.ctx, { ...input, enforceParameterSchema: true }),
      ).rejects.toMatchObject({
        code: 'INVALID',
        message: `The provided schema is not a valid json schema. Schema error: ${fault}`,
      });
      await createDeployment(db.ctx, input);
    },
  );

  test('what is required may be left to its runs', async () => {
    const flowId = await buildFlow(db.ctx);
    const { deployment } = await createDeployment(db.ctx, {
      flowId,
      name: 'd',
      parameterOpenapiSchema: PARAMETERS,
      enforceParameterSchema: true,
    });
    expect(deployment.parameters).toEqual({});
  });

  test('a second call changes named fields only, but replaces parameters and schedules', async () => {
    const flowId = await buildFlow(db.ctx);
    const first = await createDeployment(db.ctx, {
      flowId,
      name: 'daily',
      description: 'old',
      tags: ['kept'],
      parameters: { x: 1 },
      schedules: [{ schedule: cron('0 0 * * *'), slug: 'midnight' }],
    });
    const second = await createDeployment(db.ctx, { flowId, name: 'daily', description: 'new' });
    expect([first.isCreated, second.isCreated]).toEqual([true, false]);
    expect(await readDeployment(db.ctx, first.deployment.id)).toMatchObject({
      id: first.deployment.id,
      description: 'new',
      tags: ['kept'],
      parameters: {},
      schedules: [],
      labels: { team: 'flow', 'prefect.flow.id': flowId },
    });
    expect(await eventNames(db.ctx, `prefect.deployment.${first.deployment.id}`)).toEqual([
      'prefect.deployment.created',
      'prefect.deployment.updated',
    ]);
  });

  test('a queue that the pool lacks is made; without a pool the deployment is nobody to run', async () => {
    await createWorkPool(db.ctx, { name: 'made', type: 'process' });
    const { id } = await buildDeployment(db.ctx, { workPoolName: 'made', workQueueName: 'fast' });
    expect(await readDeployment(db.ctx, id)).toMatchObject({
      workPoolName: 'made',
      workQueueName: 'fast',
    });
    await updateDeployment(db.ctx, { id, changes: { workPoolName: null } });
    expect(await readDeployment(db.ctx, id)).toMatchObject({
      workPoolName: null,
      workQueueId: null,
      workQueueName: 'fast',
    });
  });

  test('a queue whose name is taken from a deployment keeps the deployment', async () => {
    await createWorkPool(db.ctx, { name: 'kept', type: 'process' });
    const { id } = await buildDeployment(db.ctx, { workPoolName: 'kept', workQueueName: 'own' });
    await updateDeployment(db.ctx, { id, changes: { workQueueName: null } });
    const kept = { workPoolName: 'kept', queueName: 'own', workQueueName: null };
    expect(await readDeployment(db.ctx, id)).toMatchObject(kept);
  });

  test('a deployment that was only in the default queue of its pool leaves it without a name', async () => {
    await createWorkPool(db.ctx, { name: 'left', type: 'process' });
    const { id } = await buildDeployment(db.ctx, { name: 'leaving', workPoolName: 'left' });
    expect(await readDeployment(db.ctx, id)).toMatchObject({ queueName: 'default' });
    await updateDeployment(db.ctx, { id, changes: { workPoolName: null } });
    const left = { queueName: null, workQueueName: null };
    expect(await readDeployment(db.ctx, id)).toMatchObject(left);
  });

  test('a limit of its own comes, is resized and goes with the deployment', async () => {
    const { id } = await buildDeployment(db.ctx, { concurrencyLimit: 1 });
    await updateDeployment(db.ctx, { id, changes: { concurrencyLimit: 3 } });
    const limited = await readDeployment(db.ctx, id);
    expect(limited?.globalConcurrencyLimit).toMatchObject({ name: `deployment:${id}`, limit: 3 });
    await updateDeployment(db.ctx, { id, changes: { concurrencyLimit: null } });
    expect(await readDeployment(db.ctx, id)).toMatchObject({ globalConcurrencyLimit: null });
    await deleteDeployment(db.ctx, id);
    expect(await readDeployment(db.ctx, id)).toBeNull();
    await expect(deleteDeployment(db.ctx, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describeEachDatabase('schedules of a deployment', (db) => {
  const build = () =>
    buildDeployment(db.ctx, {
      schedules: [
        { schedule: cron('1 1 * * *'), slug: 'a' },
        { schedule: cron('2 2 * * *'), slug: 'b', parameters: { p: 1 } },
      ],
    });
  const slugs = async (id: string) =>
    new Set((await readDeployment(db.ctx, id))?.schedules.map(({ slug }) => slug));

  test('are not lost to a list without slugs', async () => {
    const { id } = await build();
    await expect(
      updateDeployment(db.ctx, { id, changes: { schedules: [{ schedule: cron('3 3 * * *') }] } }),
    ).rejects.toMatchObject({ code: 'INVALID' });
    expect(await slugs(id)).toEqual(new Set(['a', 'b']));
  });

  test('with one slug are refused', async () => {
    const schedules = [
      { schedule: cron('1 1 * * *'), slug: 'same' },
      { schedule: cron('2 2 * * *'), slug: 'same' },
    ];
    await expect(buildDeployment(db.ctx, { schedules })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  test('are changed, added and renamed by their slugs', async () => {
    const { id } = await build();
    const before = await readDeployment(db.ctx, id);
    const idOf = (slug: string) => before?.schedules.find((row) => row.slug === slug)?.id;
    await updateDeployment(db.ctx, {
      id,
      changes: {
        schedules: [
          { slug: 'z', replaces: 'a', schedule: cron('5 5 * * *') },
          { slug: 'c', schedule: cron('4 4 * * *') },
        ],
      },
    });
    expect(await slugs(id)).toEqual(new Set(['z', 'b', 'c']));
    const after = await readDeployment(db.ctx, id);
    expect(after?.schedules.find((row) => row.slug === 'z')).toMatchObject({
      id: idOf('a'),
      schedule: { cron: '5 5 * * *', timezone: 'UTC', day_or: true },
    });
  });

  test('may change places', async () => {
    const { id } = await build();
    await updateDeployment(db.ctx, {
      id,
      changes: {
        schedules: [
          { slug: 'b', replaces: 'a', schedule: cron('1 1 * * *') },
          { slug: 'a', replaces: 'b', schedule: cron('2 2 * * *') },
        ],
      },
    });
    const after = await readDeployment(db.ctx, id);
    expect(after?.schedules.find((row) => row.slug === 'a')?.schedule).toMatchObject({
      cron: '2 2 * * *',
    });
  });
});
