import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** The real server lets the state of the first run that it sets leak into those of the others. */
const ofOneRun = (body: JsonValue, index: number): JsonValue => {
  if (!isJsonObject(body)) return body;
  const { flow_runs: given } = body;
  const filter = isJsonObject(given) ? given : {};
  return {
    ...body,
    flow_runs: { ...filter, operator: 'and_', id: { any_: [`{{flow_runs:${index}}}`] } },
  };
};

/** The real server answers with another block type of the same name. */
const ofOneName = (body: JsonValue): JsonValue =>
  isJsonObject(body) && typeof body['slug'] === 'string' ? { ...body, name: body['slug'] } : body;

/** One faulty run spoils the others that the real server is to make. */
const withoutParents = (body: JsonValue): JsonValue =>
  Array.isArray(body)
    ? body.map((run) =>
        isJsonObject(run)
          ? { ...run, parent_task_run_id: null, infrastructure_document_id: null }
          : run,
      )
    : body;

/**
 * The real server counts the slots of tags wrongly that are named twice, or given back apart from the others, and
 * keeps those of an ended task run that has no such tag.
 */
const ofOneTag = (body: JsonValue, index: number): JsonValue =>
  isJsonObject(body) && Array.isArray(body['names'])
    ? {
        ...body,
        names: body['names'].slice(0, 1),
        task_run_id: `00000000-0000-4000-8000-00000000aaa${index % 3}`,
      }
    : body;

/** Here a slot that is leased comes back with its lease alone: each kind has limits of its own in the walk. */
const ofOneKind = (name: string, body: JsonValue): JsonValue => {
  const { names } = isJsonObject(body) ? body : {};
  if (!isJsonObject(body) || !Array.isArray(names)) return body;
  const swaps: Readonly<Record<string, string>> = name.endsWith('with-lease')
    ? { alpha: 'beta', 'a b': 'gamma' }
    : { beta: 'alpha', gamma: 'a b' };
  return { ...body, names: names.map((one) => swaps[String(one)] ?? one) };
};

/** What a bulk delete finds, kept to three of them: an empty filter would leave nothing to ask about. */
const ofFew = (body: JsonValue, index: number): JsonValue => {
  if (!isJsonObject(body)) return body;
  const [kind] = Object.keys(body).filter((key) => key !== 'limit');
  if (kind === undefined) return { flow_runs: { id: { any_: [`{{flow_runs:${index}}}`] } } };
  const filter = isJsonObject(body[kind]) ? body[kind] : {};
  // Events of several deployments that go at once stand in no fixed order.
  const places = kind === 'flow_runs' ? [index, index + 1, -1 - index] : [index];
  const ids = places.map((at) => `{{${kind}:${at}}}`);
  return { ...body, [kind]: { ...filter, operator: 'and_', id: { any_: ids } } };
};

/** How many of those that a rule would seldom let pass are left as they were drawn. */
const isLeft = (index: number): boolean => index % 6 === 0;

/** A document fits a schema of its own type. */
const ofOneSchema = (body: JsonValue, index: number): JsonValue =>
  isLeft(index) || !isJsonObject(body)
    ? body
    : {
        ...body,
        ...(body['is_anonymous'] === true ? {} : { name: body['name'] ?? 'alpha' }),
        block_schema_id: `{{block_schemas:${-1 - (index % 5)}}}`,
        block_type_id: `{{schema_types:${-1 - (index % 5)}}}`,
      };

const CHOSEN = /^(?:deployment|automation|work_queue|work_pool)_id$/u;

/** An action without its type is another one when the real server reads it again. */
const withType = (action: JsonObject): JsonObject => {
  if ('type' in action || Object.keys(action).length === 0) return action;
  const key = Object.keys(action).find((name) => CHOSEN.test(name)) ?? 'deployment_id';
  return { ...action, type: `pause-${key.replace('_id', '').replace('_', '-')}` };
};

const withItsChoice = (given: JsonValue, index: number): JsonValue => {
  if (!isJsonObject(given)) return given;
  const action = withType(given);
  if (isLeft(index)) return action;
  const { type } = action;
  const word = /(?:pause|resume|run)-([a-z-]+)$/u.exec(typeof type === 'string' ? type : '')?.[1];
  const key = `${word?.replace('-', '_')}_id`;
  if (!CHOSEN.test(key)) return action;
  const isInferred = action['source'] === 'inferred';
  return { ...action, [key]: isInferred ? null : `{{${key.replace('_id', 's')}:${-1 - index}}}` };
};

/** An action names what it is about if, and only if, it is not inferred. */
const withChoices = (body: JsonValue, index: number): JsonValue => {
  if (!isJsonObject(body)) return body;
  const lists = ['actions', 'actions_on_trigger', 'actions_on_resolve'].flatMap((key) => {
    const actions = body[key];
    if (!Array.isArray(actions)) return [];
    return [[key, actions.map((action) => withItsChoice(action, index))] as const];
  });
  return { ...body, ...Object.fromEntries(lists) };
};

/** Events whose place is left to chance, or of what a request did that then failed in the real server. */
const GHOSTS = [
  // Those that go together go in any order.
  'prefect.deployment.deleted',
  'prefect.work-pool.created',
  ...['created', 'deleted', 'ready'].map((what) => `prefect.work-queue.${what}`),
];

const withoutGhosts = (sent: JsonValue): JsonValue => {
  const body = sent ?? {};
  const { filter: given } = isJsonObject(body) ? body : {};
  const filter = given ?? {};
  if (!isJsonObject(body) || !isJsonObject(filter)) return body;
  const event = filter['event'] ?? {};
  if (!isJsonObject(event)) return body;
  const { exclude_name: others } = event;
  const names = [...(Array.isArray(others) ? others : []), ...GHOSTS];
  return { ...body, filter: { ...filter, event: { ...event, exclude_name: names } } };
};

/** The real server tells of the storage of a pool with what happens to it, but not when it is made. */
const withoutStorage = (body: JsonValue): JsonValue =>
  isJsonObject(body) && isJsonObject(body['storage_configuration'])
    ? {
        ...body,
        storage_configuration: {
          ...body['storage_configuration'],
          default_result_storage_block_id: null,
        },
      }
    : body;

/** Without a time to look back to nothing is counted; with another operator the real server counts what goes on. */
const sinceYesterday = (body: JsonValue, index: number): JsonValue => {
  if (isLeft(index) || !isJsonObject(body)) return body;
  const runs = isJsonObject(body['task_runs']) ? body['task_runs'] : {};
  const { start_time: given } = runs;
  const time = isJsonObject(given) ? given : {};
  return {
    ...body,
    task_runs: {
      ...runs,
      operator: 'and_',
      start_time: { ...time, after_: time['after_'] ?? '{{hours:-25}}' },
    },
  };
};

/** The body with what keeps both servers in the same state and lets more of it fit; drawn with a random index. */
export const tamed = (name: string, body: JsonValue, index: number): JsonValue => {
  if (name.endsWith('bulk_set_state')) return ofOneRun(body, index);
  if (name.endsWith('bulk_delete')) return ofFew(body, index);
  if (name.endsWith('create_flow_run/bulk')) return withoutParents(body);
  if (/^POST \/concurrency_limits\/(?:in|de)crement$/u.test(name)) return ofOneTag(body, index);
  if (/^POST \/v2\/concurrency_limits\/(?:in|de)crement/u.test(name)) return ofOneKind(name, body);
  if (name === 'POST /block_documents/') return ofOneSchema(body, index);
  if (/^P\w+ \/automations/u.test(name)) return withChoices(body, index);
  if (/^POST \/events\/(?:filter|count-by)/u.test(name)) return withoutGhosts(body);
  if (name.endsWith('dashboard/counts')) return sinceYesterday(body, index);
  if (name === 'POST /work_pools/') return withoutStorage(body);
  return name === 'POST /block_types/' ? ofOneName(body) : body;
};
