import { need } from '../call.ts';
import { askField } from '../perform.ts';
import { type Chapter, type SpecialStep, type Step, at, list } from '../step.ts';
import { value } from '../view.ts';

const FORM = {
  schema: {
    type: 'object',
    properties: { day: { type: 'integer' }, name: { type: 'string' } },
    required: ['name'],
  },
  values: { day: 'no day' },
};

/** How many faults there are at the leaves of the tree that REST tells them as. */
const countFaults = (errors: unknown): number =>
  list(errors).reduce<number>(
    (sum, error) => sum + (typeof error === 'string' ? 1 : countFaults(at(error, 'errors'))),
    0,
  );

/** What the pages ask while a form is filled in. */
const forms: Step = {
  rest: 'POST /ui/schemas/validate',
  graphql: 'validateSchemaValues',
  call: () => ({ body: FORM, args: FORM, select: 'valid issues { message path }' }),
  compare: {
    rest: (answer) => [at(answer, 'valid'), countFaults(at(answer, 'errors'))],
    graphql: (answer) => [at(answer, 'valid'), list(at(answer, 'issues')).length],
  },
};

const TEMPLATES = ['Run {{ flow_run.name }} is late', 'a\n{% foo %}', '{{ nothing'];

/** What is said of good and bad templates at either address; REST says by a refusal what is wrong. */
const checkTemplates = (path: string): SpecialStep => ({
  rest: `POST ${path}`,
  graphql: 'validateTemplate',
  throughRest: (door) =>
    Promise.all(
      TEMPLATES.map(async (text) => {
        const { status, json } = await door.rest('POST', path, JSON.stringify(text));
        const error = at(json, 'error');
        return [status < 300, at(error, 'line') ?? null, at(error, 'message') ?? null];
      }),
    ),
  throughGraphql: (door) =>
    Promise.all(
      TEMPLATES.map(async (template) => {
        const args = { template };
        const found = await askField(door, 'validateTemplate', {
          args,
          select: 'valid line message',
        });
        return [at(found, 'valid'), at(found, 'line'), at(found, 'message')];
      }),
    ),
});

/** Where results are kept by default, which is a block. */
export const storage: Chapter = {
  name: 'the default place of results',
  steps: [
    {
      rest: 'PUT /admin/storage',
      graphql: 'setDefaultResultStorage',
      call: (found) => ({
        body: { default_result_storage_block_id: need(found, 'document') },
        input: { blockDocumentId: need(found, 'document') },
        select: 'server { defaultResultStorage { id } }',
      }),
      compare: value('server.defaultResultStorage.id', 'default_result_storage_block_id'),
    },
    {
      rest: 'GET /admin/storage',
      graphql: 'server',
      call: () => ({ select: 'defaultResultStorage { id }' }),
      compare: value('defaultResultStorage.id', 'default_result_storage_block_id'),
    },
    {
      rest: 'DELETE /admin/storage',
      graphql: 'clearDefaultResultStorage',
      call: () => ({ input: { confirm: true } }),
    },
  ],
};

export const server: Chapter = {
  name: 'the server',
  steps: [
    forms,
    checkTemplates('/templates/validate'),
    checkTemplates('/automations/templates/validate'),
    {
      rest: 'GET /health',
      graphql: 'server',
      call: () => ({ select: 'healthy' }),
      compare: value('healthy'),
    },
    {
      rest: 'GET /hello',
      graphql: 'server',
      call: () => ({ select: 'healthy' }),
      // The wave of a hand, which only somebody who is there can make.
      compare: { rest: (answer) => answer === '👋', graphql: (answer) => at(answer, 'healthy') },
    },
    {
      rest: 'GET /ready',
      graphql: 'server',
      call: () => ({ select: 'ready' }),
      compare: {
        rest: (answer) => at(answer, 'message') === 'OK',
        graphql: (answer) => at(answer, 'ready'),
      },
    },
    {
      rest: 'GET /version',
      graphql: 'server',
      call: () => ({ select: 'apiVersion' }),
      compare: value('apiVersion'),
    },
    {
      rest: 'GET /admin/version',
      graphql: 'server',
      call: () => ({ select: 'version' }),
      compare: value('version'),
    },
    {
      rest: 'GET /admin/settings',
      graphql: 'server',
      call: () => ({ select: 'settings' }),
      compare: {
        // Each server has a folder of its own.
        rest: (answer) => ({
          ...(answer as object),
          home: null,
          server: Object.keys(Object(at(answer, 'server'))),
        }),
        graphql: (answer) => ({
          ...(at(answer, 'settings') as object),
          home: null,
          server: Object.keys(Object(at(answer, 'settings.server'))),
        }),
      },
    },
  ],
};
