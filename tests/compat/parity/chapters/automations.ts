import { byId, need, readById } from '../call.ts';
import { type Chapter, type Found, type Step, at, list } from '../step.ts';
import { idAs, many, one, value, view } from '../view.ts';

const EVENT_FIELDS =
  '... on EventTrigger { match matchRelated after expect forEach posture threshold }';

const TRIGGER = `trigger { __typename id withinSeconds ${EVENT_FIELDS}
  ... on CompoundTrigger { require triggers { __typename id withinSeconds ${EVENT_FIELDS} } } }`;

const ACTIONS = `{ __typename ... on DoNothingAction { kind } ... on FlowRunAction { kind }
  ... on DeploymentAction { kind source deploymentId }
  ... on RunDeploymentAction { source deploymentId parameters jobVariables scheduleAfterSeconds }
  ... on ChangeFlowRunStateAction { name state message force }
  ... on AutomationPauseAction { kind source automationId }
  ... on SendNotificationAction { blockDocumentId subject body } ... on CallWebhookAction { blockDocumentId payload } }`;

const KINDS: Readonly<Record<string, string>> = {
  EventTrigger: 'event',
  CompoundTrigger: 'compound',
  RunDeploymentAction: 'run-deployment',
  ChangeFlowRunStateAction: 'change-flow-run-state',
  SendNotificationAction: 'send-notification',
  CallWebhookAction: 'call-webhook',
};

const WORDS: Readonly<Record<string, unknown>> = {
  REACTIVE: 'Reactive',
  PROACTIVE: 'Proactive',
  SELECTED: 'selected',
  INFERRED: 'inferred',
};

const NAMES: Readonly<Record<string, string>> = {
  kind: 'type',
  withinSeconds: 'within',
  matchRelated: 'match_related',
  forEach: 'for_each',
  scheduleAfterSeconds: 'schedule_after',
};

/** A part of an automation in the words of REST. */
const inWireWords = (node: unknown): unknown => {
  const { __typename: typename, ...fields } = node as Record<string, unknown>;
  const entries = Object.entries(fields).map(([key, field]): [string, unknown] => {
    const name = NAMES[key] ?? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (key === 'triggers') return [name, list(field).map(inWireWords)];
    if (key === 'matchRelated') return [name, list(field)[0]];
    return [name, typeof field === 'string' ? (WORDS[field] ?? field) : field];
  });
  const type = KINDS[String(typename)];
  return Object.fromEntries([...entries, ...(type === undefined ? [] : [['type', type]])]);
};

const actionsOf = (name: string): readonly [string, (node: unknown) => unknown] => [
  `${name} ${ACTIONS}`,
  (node) => list(at(node, name)).map(inWireWords),
];

const AUTOMATION = view('id created updated name description enabled tags', {
  trigger: [TRIGGER, (node) => inWireWords(at(node, 'trigger'))],
  actions: actionsOf('actions'),
  actions_on_trigger: actionsOf('actionsOnTrigger'),
  actions_on_resolve: actionsOf('actionsOnResolve'),
});

const OWNER = 'prefect.deployment.11111111-1111-4111-8111-111111111111';
const BLOCK = '22222222-2222-4222-8222-222222222222';

const event = {
  rest: {
    type: 'event',
    posture: 'Reactive',
    expect: ['shop.*'],
    match: { 'prefect.resource.id': ['shop.*', '!shop.x'] },
    match_related: { 'prefect.resource.role': 'flow' },
    for_each: ['prefect.resource.id'],
    threshold: 2,
    within: 60,
  },
  graphql: {
    event: {
      posture: 'REACTIVE',
      expect: ['shop.*'],
      match: { 'prefect.resource.id': ['shop.*', '!shop.x'] },
      matchRelated: [{ 'prefect.resource.role': 'flow' }],
      forEach: ['prefect.resource.id'],
      threshold: 2,
      withinSeconds: 60,
    },
  },
};

const absent = {
  rest: { type: 'event', posture: 'Proactive', after: ['b'] },
  graphql: { event: { posture: 'PROACTIVE', after: ['b'] } },
};

const create = (name: string, rest: object, graphql: object): Step => ({
  rest: 'POST /automations/',
  graphql: 'createAutomation',
  call: () => ({
    body: { name, ...rest },
    input: { name, ...graphql },
    select: `automation { ${AUTOMATION.selection} }`,
  }),
  compare: one(AUTOMATION, 'automation'),
  keep: idAs(name),
});

const replacement = (found: Found) => ({
  rest: {
    name: 'shop',
    trigger: absent.rest,
    actions: [
      { type: 'pause-automation', automation_id: need(found, 'owned') },
      { type: 'send-notification', block_document_id: BLOCK, body: '{{ event.id }}' },
      { type: 'call-webhook', block_document_id: BLOCK, payload: '{}' },
    ],
  },
  graphql: {
    name: 'shop',
    trigger: absent.graphql,
    actions: [
      { pauseAutomation: { source: 'SELECTED', id: need(found, 'owned') } },
      { sendNotification: { blockDocumentId: BLOCK, body: '{{ event.id }}' } },
      { callWebhook: { blockDocumentId: BLOCK, payload: '{}' } },
    ],
  },
});

export const automations: Chapter = {
  name: 'automations',
  steps: [
    create(
      'shop',
      {
        description: 'd',
        tags: ['x'],
        trigger: event.rest,
        actions: [
          { type: 'do-nothing' },
          {
            type: 'run-deployment',
            deployment_id: OWNER.slice('prefect.deployment.'.length),
            parameters: { a: '{{ event.id }}' },
            schedule_after: 5,
          },
          { type: 'pause-deployment', source: 'inferred' },
          { type: 'change-flow-run-state', state: 'FAILED', message: 'm' },
        ],
        actions_on_trigger: [{ type: 'cancel-flow-run' }],
        actions_on_resolve: [{ type: 'resume-flow-run' }],
      },
      {
        description: 'd',
        tags: ['x'],
        trigger: event.graphql,
        actions: [
          { doNothing: true },
          {
            runDeployment: {
              source: 'SELECTED',
              deploymentId: OWNER.slice('prefect.deployment.'.length),
              parameters: { a: '{{ event.id }}' },
              scheduleAfterSeconds: 5,
            },
          },
          { pauseDeployment: { source: 'INFERRED' } },
          { changeFlowRunState: { state: 'FAILED', message: 'm' } },
        ],
        actionsOnTrigger: [{ cancelFlowRun: true }],
        actionsOnResolve: [{ resumeFlowRun: true }],
      },
    ),
    create(
      'owned',
      {
        enabled: false,
        trigger: {
          type: 'compound',
          require: 'any',
          within: null,
          triggers: [event.rest, absent.rest],
        },
        actions: [],
        owner_resource: OWNER,
      },
      {
        enabled: false,
        trigger: { compound: { requireAny: true, triggers: [event.graphql, absent.graphql] } },
        actions: [],
        ownerResource: OWNER,
      },
    ),
    {
      rest: 'GET /automations/related-to/{resource_id}',
      graphql: 'automations',
      call: () => ({
        path: { resource_id: OWNER },
        args: { filter: { relatedToResource: OWNER } },
        select: `nodes { ${AUTOMATION.selection} }`,
      }),
      compare: many(AUTOMATION),
    },
    {
      rest: 'PUT /automations/{id}',
      graphql: 'updateAutomation',
      call: (found) => {
        const { rest, graphql } = replacement(found);
        return byId('shop', graphql, rest)(found);
      },
    },
    {
      rest: 'PATCH /automations/{id}',
      graphql: 'setAutomationEnabled',
      call: byId('shop', { enabled: false }, { enabled: false }),
    },
    {
      rest: 'GET /automations/{id}',
      graphql: 'automation',
      call: readById('shop', AUTOMATION.selection),
      compare: one(AUTOMATION),
    },
    {
      rest: 'POST /automations/filter',
      graphql: 'automations',
      call: () => ({
        body: { automations: { tags: { any_: ['x'] } }, sort: 'CREATED_DESC' },
        args: {
          filter: { tags: { any: ['x'] } },
          orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }],
        },
        select: `nodes { ${AUTOMATION.selection} }`,
      }),
      compare: many(AUTOMATION),
    },
    {
      rest: 'POST /automations/count',
      graphql: 'automations',
      call: () => ({
        body: { automations: { name: { any_: ['owned'] } } },
        args: { filter: { name: { in: ['owned'] } } },
        select: 'totalCount',
      }),
      compare: value('totalCount'),
    },
    {
      rest: 'DELETE /automations/owned-by/{resource_id}',
      graphql: 'deleteAutomationsOwnedBy',
      call: () => ({
        path: { resource_id: OWNER },
        input: { resourceId: OWNER },
        select: 'deletedIds hasMore',
      }),
    },
    { rest: 'DELETE /automations/{id}', graphql: 'deleteAutomation', call: byId('shop') },
  ],
};
