import { describe, expect, test } from 'vitest';

import { storedActions, storedTrigger } from '#server/automations/definition/stored.ts';

const BLOCK = '00000000-0000-4000-8000-000000000001';

describe('automations in rows of Prefect’s own', () => {
  test('a trigger gets what it left to defaults, and so do those in it', () => {
    expect(
      storedTrigger({
        id: 'a',
        require: 'any',
        within: 5,
        triggers: [{ id: 'b', posture: 'Proactive', within: 30 }],
      }),
    ).toEqual({
      type: 'compound',
      id: 'a',
      require: 'any',
      within: 5,
      triggers: [
        {
          type: 'event',
          id: 'b',
          match: {},
          match_related: {},
          after: [],
          expect: [],
          for_each: [],
          posture: 'Proactive',
          threshold: 1,
          within: 30,
        },
      ],
    });
    expect(storedTrigger({ id: 'a', triggers: [], within: null }).type).toBe('sequence');
  });

  test('actions get what they left to defaults, their type among it', () => {
    const parts = { parameters: null, job_variables: null, schedule_after: 0 };
    expect(
      storedActions([
        {},
        { deployment_id: BLOCK },
        { type: 'pause-work-pool', source: 'inferred' },
        { state: 'FAILED' },
        { block_document_id: BLOCK, body: 'b' },
        { block_document_id: BLOCK },
      ]),
    ).toEqual([
      { type: 'do-nothing' },
      { type: 'run-deployment', source: 'selected', deployment_id: BLOCK, ...parts },
      { type: 'pause-work-pool', source: 'inferred', work_pool_id: null },
      { type: 'change-flow-run-state', name: null, state: 'FAILED', message: null, force: false },
      {
        type: 'send-notification',
        block_document_id: BLOCK,
        subject: 'Prefect automated notification',
        body: 'b',
      },
      { type: 'call-webhook', block_document_id: BLOCK, payload: '' },
    ]);
  });
});
