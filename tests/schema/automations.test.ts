import { expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

import { mutate } from './support/mutate.ts';
import { data } from './support/operations.ts';

const EVENT = { event: { posture: 'REACTIVE', expect: ['a'] } };

const refused = (input: object) => ({ name: 'a', trigger: EVENT, actions: [], ...input });

describeEachDatabase('Automations', (db) => {
  const create = async (input: object): Promise<string> => {
    const payload = 'automation { id }';
    const answer = await mutate(db.ctx, 'createAutomation', { input: refused(input), payload });
    return (answer['automation'] as { readonly id: string }).id;
  };

  test.each([
    [
      { trigger: { event: { posture: 'PROACTIVE', withinSeconds: 1 } } },
      ['trigger', 'event', 'withinSeconds'],
    ],
    [
      { trigger: { compound: { requireCount: 2, triggers: [EVENT] } } },
      ['trigger', 'compound', 'requireCount'],
    ],
    [
      { trigger: { event: { posture: 'REACTIVE', match: { a: 1 } } } },
      ['trigger', 'event', 'match', 'a'],
    ],
    [
      { trigger: { compound: { requireCount: 1, requireAny: true, triggers: [EVENT] } } },
      ['trigger', 'compound'],
    ],
    [
      { actions: [{ pauseWorkPool: { source: 'SELECTED' } }] },
      ['actions', '0', 'pauseWorkPool', 'id'],
    ],
    [
      { actionsOnResolve: [{ callWebhook: { blockDocumentId: newId(), payload: '{{' } }] },
      ['actionsOnResolve', '0', 'callWebhook', 'payload'],
    ],
    [{ actions: [{ doNothing: false }] }, ['actions', '0', 'doNothing']],
  ])('one with %j is refused with the place of the fault', async (input, path) => {
    const answer = await mutate(db.ctx, 'createAutomation', {
      input: refused(input),
      payload: 'automation { id }',
      refusals: '... on InvalidInputError { path }',
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', path });
  });

  test('one that would trigger itself without end is refused, also when it is switched on', async () => {
    const loop = {
      trigger: { event: { posture: 'REACTIVE', expect: ['prefect.flow-run.*'] } },
      actions: [{ runDeployment: { source: 'INFERRED' } }],
    };
    const made = await mutate(db.ctx, 'createAutomation', { input: refused(loop) });
    expect(made).toMatchObject({ __typename: 'InvalidInputError' });
    const id = await create({ ...loop, enabled: false });
    const enabled = await mutate(db.ctx, 'setAutomationEnabled', { input: { id, enabled: true } });
    expect(enabled).toMatchObject({ __typename: 'InvalidInputError' });
    expect(await data(db.ctx, `{ automation(id: "${id}") { enabled } }`)).toEqual({
      automation: { enabled: false },
    });
  });

  test('what is in triggers and actions leads to what they are about', async () => {
    const other = await create({ name: 'other' });
    const id = await create({
      trigger: {
        sequence: { withinSeconds: 5, triggers: [EVENT, { compound: { triggers: [EVENT] } }] },
      },
      actions: [
        { pauseAutomation: { source: 'SELECTED', id: other } },
        { resumeAutomation: { source: 'INFERRED' } },
        { runDeployment: { source: 'SELECTED', deploymentId: newId() } },
      ],
    });
    const query = `{ automation(id: "${id}") {
      trigger { __typename ... on SequenceTrigger { triggers { __typename ... on CompoundTrigger { require } } } }
      actions { ... on AutomationPauseAction { kind automation { name } }
        ... on RunDeploymentAction { deployment { name } } } } }`;
    expect(await data(db.ctx, query)).toEqual({
      automation: {
        trigger: {
          __typename: 'SequenceTrigger',
          triggers: [
            { __typename: 'EventTrigger' },
            { __typename: 'CompoundTrigger', require: 'all' },
          ],
        },
        actions: [
          { kind: 'pause-automation', automation: { name: 'other' } },
          { kind: 'resume-automation', automation: null },
          { deployment: null },
        ],
      },
    });
  });

  test('a template is told from what is none', async () => {
    const query =
      'query ($template: String!) { validateTemplate(template: $template) { valid line message source } }';
    expect(await data(db.ctx, query, { template: 'a\n{% if %}' })).toEqual({
      validateTemplate: {
        valid: false,
        line: 2,
        message: "Expected an expression, got 'end of statement block'",
        source: 'a\n{% if %}',
      },
    });
    expect(await data(db.ctx, query, { template: '{{ a }}' })).toMatchObject({
      validateTemplate: { valid: true },
    });
  });
});
