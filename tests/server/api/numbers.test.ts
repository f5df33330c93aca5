import { randomUUID } from 'node:crypto';

import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { type StartedApp, startApp } from '#tests/support/app.ts';
import { testedKinds } from '#tests/support/database.ts';
import { waitFor } from '#tests/support/wait-for.ts';

const SENT =
  '{"a":1.0,"b":[-0.0,1e5,1E2,2],"c":12345678901234567890,"d":0.00001,"e":"1.0","__proto__":3.0}';
/** What Python's pydantic makes of it. */
const TOLD =
  '{"a":1.0,"b":[-0.0,100000.0,100.0,2],"c":12345678901234567890,"d":0.00001,"e":"1.0","__proto__":3.0}';
/** PostgreSQL's JSON has no negative zero. */
const TOLD_BY_POSTGRESQL = TOLD.replace('-0.0', '0.0');

describe.each(testedKinds)('the numbers of callers, on %s', (kind) => {
  let server: StartedApp;
  beforeAll(async () => {
    server = await startApp(kind);
  });
  afterAll(() => server.close());
  const told = kind === 'sqlite' ? TOLD : TOLD_BY_POSTGRESQL;

  const call = async (method: string, path: string, body?: string): Promise<string> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    return response.text();
  };
  const post = (path: string, body: string): Promise<string> => call('POST', `/api${path}`, body);
  const idIn = (text: string): string => (JSON.parse(text) as { readonly id: string }).id;
  const newFlow = async (): Promise<string> =>
    idIn(await post('/flows/', `{"name":"numbers-${randomUUID()}"}`));

  test('text that is no JSON is refused, numbers or not', async () => {
    const refused = ['{"name":1.0.0}', '{1.0:"name"}', '{"name":01.0}', '{"name":[-]}'];
    const answers = await Promise.all(refused.map((body) => post('/flows/', body)));
    for (const text of answers) expect(text).toContain('json_invalid');
  });

  test('a flow run keeps floats, integers of any size and the sign of zero', async () => {
    const flow = await newFlow();
    const made = await post(
      '/flow_runs/',
      `{"flow_id":"${flow}","parameters":${SENT},"context":${SENT},"job_variables":${SENT},
        "state":{"type":"COMPLETED","data":${SENT}}}`,
    );
    const read = await call('GET', `/api/flow_runs/${idIn(made)}`);
    const listed = await post('/flow_runs/filter', `{"flows":{"id":{"any_":["${flow}"]}}}`);
    for (const text of [read, listed]) {
      for (const field of ['parameters', 'context', 'job_variables', 'data'])
        expect(text).toContain(`"${field}":${told}`);
    }
  });

  test('what JSON has no number for becomes null', async () => {
    const body = '{"x":NaN,"y":[Infinity,-Infinity,1e400],"z":"NaN"}';
    const made = await post('/flow_runs/', `{"flow_id":"${await newFlow()}","parameters":${body}}`);
    expect(made).toContain('"parameters":{"x":null,"y":[null,null,null],"z":"NaN"}');
  });

  test('a deployment, its schedules and the runs made of it keep them', async () => {
    const made = await post(
      '/deployments/',
      `{"name":"d","flow_id":"${await newFlow()}","parameters":${SENT},"job_variables":${SENT},
        "pull_steps":[{"step":${SENT}}],"enforce_parameter_schema":true,
        "parameter_openapi_schema":{"type":"object","properties":{"a":{"type":"integer","default":1.0}}},
        "schedules":[{"schedule":{"interval":3600.0},"parameters":${SENT}}]}`,
    );
    const text = await call('GET', `/api/deployments/${idIn(made)}`);
    expect(text).toContain(`"pull_steps":[{"step":${told}}]`);
    expect(text.split(`"parameters":${told}`)).toHaveLength(3);
    expect(text).toContain(`"job_variables":${told}`);
    expect(text).toContain('"default":1.0');
    const run = await post(
      `/deployments/${idIn(made)}/create_flow_run`,
      '{"parameters":{"a":2.0,"x":{"__prefect_kind":"json","value":"[3.0]"}}}',
    );
    expect(run).toContain('"a":2.0');
    expect(run).toContain('"x":[3.0]');
  });

  test('variables, artifacts, saved searches and templates keep them', async () => {
    const name = `v_${randomUUID().replaceAll('-', '_')}`;
    await post('/variables/', `{"name":"${name}","value":${SENT}}`);
    expect(await call('GET', `/api/variables/name/${name}`)).toContain(`"value":${told}`);
    const artifact = await post('/artifacts/', `{"key":"k","data":${SENT}}`);
    expect(await call('GET', `/api/artifacts/${idIn(artifact)}`)).toContain(`"data":${told}`);
    const search = `{"name":"${name}","filters":[{"object":"flow_run","property":"p","type":"t","operation":"=","value":1.0}]}`;
    const saved = await call('PUT', '/api/saved_searches/', search);
    expect(await call('GET', `/api/saved_searches/${idIn(saved)}`)).toContain('"value":1.0');
    const template =
      '{"job_configuration":{"n":"{{ n }}"},"variables":{"type":"object","properties":{"n":{"type":"number","default":1.0}}}}';
    const body = `{"name":"${name}","type":"process","base_job_template":${template}}`;
    expect(await post('/work_pools/', body)).toContain('"default":1.0');
    expect(await call('GET', `/api/work_pools/${name}`)).toContain('"default":1.0');
  });

  test('events and automations keep them', async () => {
    const id = randomUUID();
    const now = new Date().toISOString();
    await post(
      '/events',
      `[{"id":"${id}","occurred":"${now}","event":"e","resource":{"prefect.resource.id":"r"},"payload":${SENT}}]`,
    );
    const filter = `{"filter":{"id":{"id":["${id}"]}}}`;
    const found = await waitFor(async () => {
      const text = await post('/events/filter', filter);
      return text.includes(id) && text;
    });
    expect(found).toContain(`"payload":${told}`);
    const made = await post(
      '/automations/',
      `{"name":"a","trigger":{"type":"event","expect":["x"],"threshold":2,"within":10.0,"posture":"Reactive"},
        "actions":[{"type":"run-deployment","source":"inferred","parameters":${SENT}}]}`,
    );
    const read = await call('GET', `/api/automations/${idIn(made)}`);
    expect(read).toContain(`"parameters":${told}`);
  });

  test('GraphQL takes them in variables and literals, and tells them', async () => {
    const flow = await newFlow();
    const fields = '... on CreateFlowRunPayload { flowRun { id parameters context } }';
    const query = `mutation Make($p: JSONObject) { createFlowRun(input: {
      flowId: "${flow}", parameters: $p, context: { a: 1.0, b: [1e2, 12345678901234567890] }
    }) { __typename ${fields} } }`;
    const answer = await call(
      'POST',
      '/graphql',
      `{"query":${JSON.stringify(query)},"variables":{"p":${SENT}}}`,
    );
    expect(answer).toContain(`"parameters":${told}`);
    expect(answer).toContain('"context":{"a":1.0,"b":[100.0,12345678901234567890]}');
    const list = `query List($n: Int) { flowRuns(first: $n, filter: { flowId: { in: ["${flow}"] } }) {
      nodes { parameters } } }`;
    const listed = await call(
      'POST',
      '/graphql',
      `{"query":${JSON.stringify(list)},"variables":{"n":1.0}}`,
    );
    expect(listed).toContain(`"parameters":${told}`);
  });

  test('a GraphQL socket takes them as well', async () => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      jsonMessageReplacer: (_key, value: unknown) =>
        value === 'FLOAT' ? JSON.rawJSON('1.0') : value,
    });
    const name = `s_${randomUUID().replaceAll('-', '_')}`;
    const results = client.iterate({
      query: `mutation Make($v: JSON!) { createVariable(input: { name: "${name}", value: $v }) { __typename } }`,
      variables: { v: { x: 'FLOAT' } },
    });
    expect((await results.next()).value).toMatchObject({
      data: { createVariable: { __typename: 'CreateVariablePayload' } },
    });
    await client.dispose();
    expect(await call('GET', `/api/variables/name/${name}`)).toContain('"value":{"x":1.0}');
  });
});
