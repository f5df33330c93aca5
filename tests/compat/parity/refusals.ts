import { need } from './call.ts';
import type { Found, GraphqlCall, RestCall } from './step.ts';

/** Something that neither door does: the status of REST, and the code of GraphQL. */
export interface Refused {
  readonly rest: string;
  readonly graphql: string;
  readonly status: number;
  readonly code: string;
  readonly call: (found: Found) => RestCall & GraphqlCall;
}

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** What is done to something that is not there, named by its id. */
const unknown = (
  rest: string,
  graphql: string,
  more: RestCall & GraphqlCall = {},
  path = 'id',
): Refused => ({
  rest,
  graphql,
  status: 404,
  code: 'NOT_FOUND',
  call: () => ({ path: { [path]: UNKNOWN }, input: { id: UNKNOWN }, ...more }),
});

const refused = (
  status: number,
  code: string,
  [rest, graphql]: readonly [string, string],
  call: Refused['call'],
): Refused => ({ rest, graphql, status, code, call });

const RUNNING = { type: 'RUNNING' };

const missing: readonly Refused[] = [
  unknown('PATCH /flows/{id}', 'updateFlow', {
    body: { tags: ['a'] },
    input: { id: UNKNOWN, tags: ['a'] },
  }),
  unknown('DELETE /flows/{id}', 'deleteFlow'),
  unknown('PATCH /flow_runs/{id}', 'updateFlowRun', {
    body: { name: 'a' },
    input: { id: UNKNOWN, name: 'a' },
  }),
  unknown('DELETE /flow_runs/{id}', 'deleteFlowRun'),
  unknown('DELETE /task_runs/{id}', 'deleteTaskRun'),
  unknown('DELETE /deployments/{id}', 'deleteDeployment', {
    input: { deployment: { id: UNKNOWN } },
  }),
  unknown('POST /deployments/{id}/pause_deployment', 'pauseDeployment', {
    input: { deployment: { id: UNKNOWN } },
    body: {},
  }),
  unknown('POST /deployments/{id}/create_flow_run', 'createFlowRunFromDeployment', {
    input: { deployment: { id: UNKNOWN } },
    body: {},
  }),
  unknown('DELETE /artifacts/{id}', 'deleteArtifact'),
  unknown('DELETE /variables/{id}', 'deleteVariable', { input: { variable: { id: UNKNOWN } } }),
  unknown('DELETE /block_types/{id}', 'deleteBlockType'),
  unknown('DELETE /block_schemas/{id}', 'deleteBlockSchema'),
  unknown('DELETE /block_documents/{id}', 'deleteBlockDocument'),
  unknown('DELETE /saved_searches/{id}', 'deleteSavedSearch'),
  unknown('DELETE /automations/{id}', 'deleteAutomation'),
  unknown('PATCH /automations/{id}', 'setAutomationEnabled', {
    body: { enabled: false },
    input: { id: UNKNOWN, enabled: false },
  }),
  unknown('DELETE /concurrency_limits/{id}', 'deleteTaskConcurrencyLimit', {
    input: { taskConcurrencyLimit: { id: UNKNOWN } },
  }),
  unknown(
    'DELETE /v2/concurrency_limits/{id_or_name}',
    'deleteConcurrencyLimit',
    { input: { concurrencyLimit: { id: UNKNOWN } } },
    'id_or_name',
  ),
  unknown('DELETE /work_queues/{id}', 'deleteWorkQueue', { input: { workQueue: { id: UNKNOWN } } }),
  unknown('POST /work_queues/{id}/get_runs', 'pollScheduledFlowRuns', {
    body: {},
    input: { workQueueId: UNKNOWN },
  }),
  refused(404, 'NOT_FOUND', ['DELETE /work_pools/{name}', 'deleteWorkPool'], () => ({
    path: { name: 'nowhere' },
    input: { workPool: { name: 'nowhere' } },
  })),
  refused(
    404,
    'NOT_FOUND',
    ['POST /work_pools/{name}/get_scheduled_flow_runs', 'pollScheduledFlowRuns'],
    () => ({ path: { name: 'nowhere' }, body: {}, input: { workPool: { name: 'nowhere' } } }),
  ),
  refused(
    404,
    'NOT_FOUND',
    ['POST /work_pools/{work_pool_name}/workers/heartbeat', 'workerHeartbeat'],
    () => ({
      path: { work_pool_name: 'nowhere' },
      body: { name: 'w' },
      input: { workPoolName: 'nowhere', name: 'w' },
    }),
  ),
  refused(404, 'NOT_FOUND', ['POST /flow_runs/{id}/set_state', 'setFlowRunState'], () => ({
    path: { id: UNKNOWN },
    body: { state: RUNNING },
    input: { id: UNKNOWN, state: RUNNING },
  })),
];

const taken: readonly Refused[] = [
  refused(
    409,
    'ALREADY_EXISTS',
    ['POST /v2/concurrency_limits/', 'createConcurrencyLimit'],
    () => ({
      input: { name: 'limit-a', limit: 1 },
    }),
  ),
  refused(409, 'ALREADY_EXISTS', ['POST /work_pools/', 'createWorkPool'], () => ({
    input: { name: 'pool', type: 'process' },
  })),
  refused(
    409,
    'ALREADY_EXISTS',
    ['POST /work_pools/{work_pool_name}/queues', 'createWorkQueue'],
    () => ({
      path: { work_pool_name: 'pool' },
      body: { name: 'queue' },
      input: { workPool: { name: 'pool' }, name: 'queue' },
    }),
  ),
  refused(409, 'ALREADY_EXISTS', ['POST /block_types/', 'createBlockType'], () => ({
    input: { name: 'store', slug: 'store' },
  })),
  refused(409, 'ALREADY_EXISTS', ['POST /block_documents/', 'createBlockDocument'], (found) => ({
    input: {
      name: 'document',
      blockTypeId: need(found, 'store'),
      blockSchemaId: need(found, 'schema'),
      data: {},
    },
  })),
];

const senseless: readonly Refused[] = [
  refused(422, 'INVALID_INPUT', ['POST /flows/', 'createFlow'], () => ({ input: { name: 'a/b' } })),
  refused(422, 'INVALID_INPUT', ['POST /deployments/', 'createDeployment'], (found) => {
    const schema = { properties: { day: { type: 'integer' } } };
    const shared = { name: 'wrong', parameters: { day: 'no day' } };
    return {
      body: {
        ...shared,
        flow_id: need(found, 'flow'),
        enforce_parameter_schema: true,
        parameter_openapi_schema: schema,
      },
      input: {
        ...shared,
        flowId: need(found, 'flow'),
        enforceParameterSchema: true,
        parameterOpenapiSchema: schema,
      },
    };
  }),
  refused(422, 'INVALID_INPUT', ['POST /variables/', 'createVariable'], () => ({
    input: { name: 'Not a name', value: 1 },
  })),
  refused(422, 'INVALID_INPUT', ['POST /artifacts/', 'createArtifact'], () => ({
    input: { key: 'No Key' },
  })),
  refused(422, 'INVALID_INPUT', ['POST /v2/concurrency_limits/', 'createConcurrencyLimit'], () => ({
    input: { name: 'less', limit: -1 },
  })),
  refused(
    422,
    'INVALID_INPUT',
    ['POST /v2/concurrency_limits/increment', 'acquireConcurrencySlots'],
    () => ({ input: { names: ['limit-a'], slots: 1000 } }),
  ),
  refused(
    422,
    'INVALID_INPUT',
    ['POST /v2/concurrency_limits/increment', 'acquireConcurrencySlots'],
    () => ({
      body: { names: ['limit-a'], slots: 1, mode: 'rate_limit' },
      input: { names: ['limit-a'], slots: 1, mode: 'RATE_LIMIT' },
    }),
  ),
];

const full: readonly Refused[] = [
  refused(
    423,
    'LIMIT_REACHED',
    ['POST /v2/concurrency_limits/increment', 'acquireConcurrencySlots'],
    () => ({ input: { names: ['limit-a'], slots: 5 } }),
  ),
  refused(
    410,
    'LEASE_EXPIRED',
    ['POST /v2/concurrency_limits/leases/{lease_id}/renew', 'renewConcurrencyLease'],
    () => ({
      path: { lease_id: UNKNOWN },
      body: { lease_duration: 60 },
      input: { leaseId: UNKNOWN, leaseSeconds: 60 },
    }),
  ),
  refused(403, 'PROTECTED', ['POST /work_pools/', 'createWorkPool'], () => ({
    input: { name: 'prefect-mine', type: 'process' },
  })),
];

/** Asked after all chapters, when what they have made is there. */
export const REFUSALS: readonly Refused[] = [...missing, ...taken, ...senseless, ...full];
