import { afterEach, describe, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { formatInstant, nowMicros } from '#server/time.ts';
import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';

const call = async ({ url }: StartedApp, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
};

/** What a client sends when a task of its own has ended. */
const taskRunReport = (taskRunId: string) => ({
  id: newId(),
  occurred: formatInstant(nowMicros()),
  event: 'prefect.task-run.Completed',
  resource: {
    'prefect.resource.id': `prefect.task-run.${taskRunId}`,
    'prefect.resource.name': 'reported',
    'prefect.state-type': 'COMPLETED',
    'prefect.state-name': 'Completed',
    'prefect.orchestration': 'client',
  },
  related: [],
  payload: {
    validated_state: { type: 'COMPLETED', name: 'Completed', state_details: {} },
    task_run: {
      id: taskRunId,
      name: 'reported',
      task_key: 'key',
      dynamic_key: taskRunId,
      empirical_policy: {},
      tags: [],
      task_inputs: {},
      run_count: 1,
      flow_run_run_count: 1,
    },
  },
});

describe.each(testedKinds)('what is switched off does not happen on %s', (kind) => {
  let started: StartedApp | undefined;
  afterEach(() => started?.close());

  const report = async (variables: Readonly<Record<string, string>>) => {
    started = await startApp(kind, {
      PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED: 'false',
      PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'false',
      ...variables,
    });
    await call(started, '/events', [taskRunReport(newId())]);
    return {
      events: await call(started, '/events/filter', {}),
      taskRuns: await call(started, '/task_runs/filter', {}),
      blockTypes: await call(started, '/block_types/filter', {}),
    };
  };

  test('with all on, a report is kept as an event and as a task run', async () => {
    expect(await report({ PREFECT_SERVER_REGISTER_BLOCKS_ON_START: 'true' })).toMatchObject({
      events: { total: 1 },
      taskRuns: [{ name: 'reported', state_type: 'COMPLETED' }],
      blockTypes: expect.arrayContaining([expect.objectContaining({ slug: 'secret' })]),
    });
  });

  test.each(['PREFECT_SERVER_SERVICES_', 'PREFECT_API_SERVICES_'])(
    '%sTASK_RUN_RECORDER_ENABLED=false records no task run',
    async (prefix) => {
      expect(await report({ [`${prefix}TASK_RUN_RECORDER_ENABLED`]: 'false' })).toMatchObject({
        events: { total: 1 },
        taskRuns: [],
        blockTypes: [],
      });
    },
  );

  test.each(['PREFECT_SERVER_SERVICES_', 'PREFECT_API_SERVICES_'])(
    '%sEVENT_PERSISTER_ENABLED=false keeps no event',
    async (prefix) => {
      expect(await report({ [`${prefix}EVENT_PERSISTER_ENABLED`]: 'false' })).toMatchObject({
        events: { total: 0, events: [] },
        taskRuns: [{ name: 'reported' }],
      });
    },
  );
});
