import { afterAll, beforeAll, expect, test } from 'vitest';

import { newId } from '#server/ids.ts';
import { type ApiServer, serveApi } from '#tests/support/api.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const EVENT = { type: 'event', posture: 'Reactive', expect: ['shop.*'] };
const COMPOUND = 'function-after[validate_require(), CompoundTrigger]';
const OUTER_COMPOUND = `function-after[validate_require(), ${COMPOUND}]`;

const withTrigger = (trigger: unknown) => ({
  name: 'a',
  trigger,
  actions: [{ type: 'do-nothing' }],
});

const withAction = (action: unknown) => ({ name: 'a', trigger: EVENT, actions: [action] });

interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
}

interface Told {
  readonly id: string;
  readonly trigger: { readonly id: string; readonly triggers?: readonly { readonly id: string }[] };
}

describeEachDatabase('automations over REST', (db) => {
  let api: ApiServer;
  beforeAll(async () => {
    api = await serveApi(db.ctx);
  });
  afterAll(() => api.close());

  const faultsOf = async (body: unknown): Promise<readonly Fault[]> => {
    const answer = await api.call('POST', '/automations/', body);
    expect(answer.status).toBe(422);
    return (answer.json as { readonly exception_detail: readonly Fault[] }).exception_detail;
  };

  const create = async (body: object): Promise<Told> => {
    const answer = await api.call('POST', '/automations/', body);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.json as Told;
  };

  test.each([
    [
      { ...EVENT, within: null },
      'EventTrigger',
      'Value error, `within` should be a valid timedelta',
    ],
    [
      { ...EVENT, posture: 'Proactive', within: 9 },
      'EventTrigger',
      'Value error, `within` for Proactive triggers must be greater than or equal to 10 seconds',
    ],
    [
      { type: 'compound', require: 2, within: 1, triggers: [EVENT] },
      OUTER_COMPOUND,
      'Value error, require must be less than or equal to the number of triggers',
    ],
    [
      { type: 'compound', require: 0, within: 1, triggers: [EVENT] },
      OUTER_COMPOUND,
      'Value error, require must be at least 1',
    ],
  ])('a trigger that breaks a rule is refused with the rule (%#)', async (trigger, label, msg) => {
    const faults = await faultsOf(withTrigger(trigger));
    expect(faults).toContainEqual(
      expect.objectContaining({ type: 'value_error', loc: ['body', 'trigger', label], msg }),
    );
  });

  test('a trigger of no known kind is told what each kind would need', async () => {
    const faults = await faultsOf(withTrigger({ type: 'zz' }));
    expect(faults.map(({ type, loc }) => [type, ...loc.slice(2)])).toEqual([
      ['literal_error', 'EventTrigger', 'type'],
      ['missing', 'EventTrigger', 'posture'],
      ['literal_error', OUTER_COMPOUND, 'type'],
      ['missing', OUTER_COMPOUND, 'triggers'],
      ['missing', OUTER_COMPOUND, 'within'],
      ['missing', OUTER_COMPOUND, 'require'],
      ['literal_error', 'SequenceTrigger', 'type'],
      ['missing', 'SequenceTrigger', 'triggers'],
      ['missing', 'SequenceTrigger', 'within'],
    ]);
  });

  test('a fault deep within says the way to it, and times are told as they were read', async () => {
    const inner = { ...EVENT, posture: 'no', within: 'PT5S' };
    const faults = await faultsOf(
      withTrigger({
        type: 'compound',
        require: 'any',
        within: 'PT1M',
        triggers: [{ type: 'sequence', within: 5, triggers: [inner] }],
      }),
    );
    expect(faults).toContainEqual({
      type: 'missing',
      loc: [
        'body',
        'trigger',
        OUTER_COMPOUND,
        'triggers',
        0,
        'SequenceTrigger',
        'triggers',
        0,
        COMPOUND,
        'require',
      ],
      msg: 'Field required',
      input: { ...inner, within: 5 },
    });
  });

  const nested = (depth: number, innermost: object): object =>
    depth === 0
      ? innermost
      : { type: 'sequence', within: 1, triggers: [nested(depth - 1, innermost)] };

  test('triggers in triggers are read as deep as may be and refused beyond', async () => {
    const tooDeep = await api.call('POST', '/automations/', withTrigger(nested(17, EVENT)));
    expect([tooDeep.status, tooDeep.json]).toEqual([
      422,
      { detail: 'Triggers are nested more than 16 deep.' },
    ]);
    const faults = await faultsOf(withTrigger(nested(16, { type: 'event', posture: 'no' })));
    expect(faults.length).toBeLessThan(2000);
    await create(withTrigger(nested(16, EVENT)));
  });

  test.each([
    [{ match: { a: 1 } }, ['match', 'a', 'str']],
    [{ match: { a: [1] } }, ['match', 'a', 'str']],
    [{ match: 'x' }, ['match', 'ResourceSpecification']],
    [{ match_related: [{ a: 1 }] }, ['match_related', 'a', 'str']],
    [{ expect: 'x' }, ['expect']],
    [{ expect: [1] }, ['expect', 0]],
    [{ threshold: 1.5 }, ['threshold']],
    [{ within: -1 }, ['within']],
  ])('a field of an event trigger is refused at its place (%#)', async (fields, place) => {
    const faults = await faultsOf(withTrigger({ ...EVENT, ...fields }));
    expect(faults[0]?.loc).toEqual(['body', 'trigger', 'EventTrigger', ...place]);
  });

  test.each([
    ['run-deployment', 'deployment', 'RunDeployment'],
    ['pause-deployment', 'deployment', 'PauseDeployment'],
    ['resume-deployment', 'deployment', 'ResumeDeployment'],
    ['pause-work-queue', 'work_queue', 'PauseWorkQueue'],
    ['resume-work-queue', 'work_queue', 'ResumeWorkQueue'],
    ['pause-work-pool', 'work_pool', 'PauseWorkPool'],
    ['resume-work-pool', 'work_pool', 'ResumeWorkPool'],
    ['pause-automation', 'automation', 'PauseAutomation'],
    ['resume-automation', 'automation', 'ResumeAutomation'],
  ])('%s names its thing exactly when it is selected', async (type, kind, name) => {
    const field = `${kind}_id`;
    const loc = [
      'body',
      'actions',
      0,
      `function-after[selected_${field.slice(0, -3)}_requires_id(), ${name}]`,
    ];
    const unnamed = await faultsOf(withAction({ type }));
    expect(unnamed).toContainEqual(
      expect.objectContaining({ loc, msg: `Value error, ${field} is required` }),
    );
    const named = await faultsOf(withAction({ type, source: 'inferred', [field]: newId() }));
    expect(named).toContainEqual(
      expect.objectContaining({ loc, msg: `Value error, ${field} is not allowed` }),
    );
    await create(withAction({ type, source: 'inferred' }));
  });

  test('parameters with JSON that is none are refused with the place of each', async () => {
    const parameters = {
      a: { b: { __prefect_kind: 'json', value: '{' } },
      c: { __prefect_kind: 'none' },
    };
    const action = { type: 'run-deployment', source: 'inferred', parameters };
    const fault = (await faultsOf(withAction(action))).find(({ type }) => type === 'value_error');
    expect(fault?.msg).toMatch(
      /^Value error, Invalid parameters: \na\.b: Invalid JSON: .+\n {2}c: Missing 'value' key in __prefect object$/,
    );
  });

  test('an automation that would run its own trigger without end is refused', async () => {
    const trigger = { ...EVENT, expect: ['prefect.flow-run.Running'] };
    const inferred = {
      name: 'a',
      trigger,
      actions: [{ type: 'run-deployment', source: 'inferred' }],
    };
    const [fault] = await faultsOf(inferred);
    expect(fault).toMatchObject({ type: 'value_error', loc: ['body'] });
    expect(fault?.msg).toContain('infinite loop');
    const selected = { type: 'run-deployment', deployment_id: newId() };
    await faultsOf({ name: 'a', trigger, actions: [selected] });
    const match = { 'prefect.resource.id': 'prefect.flow-run.*' };
    const narrowed = { ...trigger, match, match_related: { 'prefect.resource.name': 'etl' } };
    await create({ name: 'a', trigger: narrowed, actions: [selected] });
    const { id } = await create({ ...inferred, enabled: false });
    const enabling = await api.call('PATCH', `/automations/${id}`, { enabled: true });
    expect([enabling.status, enabling.json]).toMatchObject([
      422,
      { exception_detail: [{ loc: [], input: { id, enabled: true } }] },
    ]);
    expect((await api.call('GET', `/automations/${id}`)).json).toMatchObject({ enabled: false });
  });

  test('a deployment that is not there is told of before the automation that is not', async () => {
    const action = { type: 'run-deployment', deployment_id: newId(), job_variables: { a: 1 } };
    const made = await api.call('POST', '/automations/', withAction(action));
    expect([made.status, made.json]).toEqual([404, { detail: 'Deployment not found.' }]);
    const put = await api.call('PUT', `/automations/${newId()}`, withAction(action));
    expect([put.status, put.json]).toEqual([404, { detail: 'Deployment not found.' }]);
  });

  test('an unknown automation is 404 for whoever asks', async () => {
    const path = `/automations/${newId()}`;
    for (const [method, body] of [
      ['GET'],
      ['PUT', withTrigger(EVENT)],
      ['PATCH', { enabled: true }],
      ['DELETE'],
    ] as const) {
      const answer = await api.call(method, path, body);
      expect([answer.status, answer.json]).toEqual([
        404,
        { exception_message: 'Automation not found' },
      ]);
    }
  });

  test('a replacement keeps what it leaves out, and no trigger keeps its id', async () => {
    const trigger = { type: 'sequence', within: 60, triggers: [EVENT, EVENT], id: newId() };
    const made = await create({
      ...withTrigger(trigger),
      description: 'd',
      tags: ['x'],
      enabled: false,
    });
    expect(made.trigger.id).not.toBe(trigger.id);
    const replacement = { name: 'b', trigger: made.trigger, actions: [] };
    const put = await api.call('PUT', `/automations/${made.id}`, replacement);
    expect([put.status, put.text]).toEqual([204, '']);
    const read = (await api.call('GET', `/automations/${made.id}`)).json as Told;
    expect(read).toMatchObject({
      name: 'b',
      description: 'd',
      tags: ['x'],
      enabled: false,
      actions: [],
    });
    const ids = ({ trigger: { id, triggers = [] } }: Told) => [
      id,
      ...triggers.map((child) => child.id),
    ];
    expect(new Set([...ids(made), ...ids(read)]).size).toBe(6);
  });

  test('automations belong to what they came with and go with it', async () => {
    const owner = `prefect.deployment.${newId()}`;
    const other = `prefect.deployment.${newId()}`;
    const owned = await create({ ...withTrigger(EVENT), owner_resource: owner });
    const runs = {
      type: 'run-deployment',
      deployment_id: owner.slice('prefect.deployment.'.length),
    };
    const related = await create({ name: 'b', trigger: EVENT, actions: [runs] });
    await create({ ...withTrigger(EVENT), owner_resource: other });
    const idsRelatedTo = async (resource: string) =>
      ((await api.call('GET', `/automations/related-to/${resource}`)).json as Told[]).map(
        ({ id }) => id,
      );
    expect(new Set(await idsRelatedTo(owner))).toEqual(new Set([owned.id, related.id]));
    const gone = await api.call('DELETE', `/automations/owned-by/${owner}`);
    expect([gone.status, gone.text]).toEqual([202, 'null']);
    expect(await idsRelatedTo(owner)).toEqual([related.id]);
    expect(await idsRelatedTo(other)).toHaveLength(1);
    await api.call('PUT', `/automations/${related.id}`, { name: 'b', trigger: EVENT, actions: [] });
    expect(await idsRelatedTo(owner)).toEqual([]);
  });

  test('lists are filtered, counted and sorted', async () => {
    const tag = newId();
    const ids: string[] = [];
    for (const name of ['q2', 'q1', 'q3']) {
      ids.push((await create({ ...withTrigger(EVENT), name, tags: [tag] })).id);
    }
    const list = async (body: object) =>
      ((await api.call('POST', '/automations/filter', body)).json as { name: string }[]).map(
        ({ name }) => name,
      );
    const automations = { tags: { all_: [tag] } };
    expect(await list({ automations })).toEqual(['q1', 'q2', 'q3']);
    expect(await list({ automations, sort: 'NAME_DESC', limit: 1, offset: 1 })).toEqual(['q2']);
    expect(await list({ automations, sort: 'CREATED_DESC' })).toEqual(['q3', 'q1', 'q2']);
    expect(await list({ automations: { ...automations, name: { any_: ['q1'] } } })).toEqual(['q1']);
    expect(await list({ automations: { id: { any_: ids.slice(0, 1) } } })).toEqual(['q2']);
    const before = { ...automations, created: { before_: '2020-01-01T00:00:00Z' } };
    expect((await api.call('POST', '/automations/count', { automations: before })).json).toBe(0);
    expect((await api.call('POST', '/automations/count', { automations })).json).toBe(3);
  });

  test('what happens to an automation is told as events', async () => {
    const { id } = await create(withTrigger(EVENT));
    await api.call('PATCH', `/automations/${id}`, { enabled: false });
    await api.call('DELETE', `/automations/${id}`);
    const filter = { any_resource: { id: [`prefect.automation.${id}`] }, order: 'ASC' };
    const answer = await api.call('POST', '/events/filter', { filter });
    const { events } = answer.json as { events: { event: string; payload: object }[] };
    expect(events.map(({ event }) => event)).toEqual([
      'prefect.automation.created',
      'prefect.automation.updated',
      'prefect.automation.deleted',
    ]);
    expect(events[1]?.payload).toMatchObject({ id, enabled: false, trigger: { type: 'event' } });
  });
});
