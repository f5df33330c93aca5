import type { DeploymentRow } from '#prisma/tables.ts';
import { type EventFields, changedFields } from '#server/commands/changed-fields.ts';
import { workPoolResource } from '#server/commands/work-pool/work-pool-events.ts';
import { workQueueResource } from '#server/commands/work-queue/work-queue-events.ts';
import { type Script, one } from '#server/db/script.ts';
import { readFlowOfDeployment } from '#server/db/sql/deployment-rows.ts';
import { readWorkPoolOfQueue } from '#server/db/sql/work-pool-rows.ts';
import { readWorkQueueRow } from '#server/db/sql/work-queue-rows.ts';
import { type EventResource, RESOURCE_ID, RESOURCE_ROLE } from '#server/events/event.ts';
import { recordChange, recordEvent } from '#server/events/record.ts';
import { newId } from '#server/ids.ts';
import type { JsonObject } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

const EVENT_FIELDS: EventFields<DeploymentRow> = {
  description: 'description',
  tags: 'tags',
  parameters: 'parameters',
  parameterOpenapiSchema: 'parameter_openapi_schema',
  enforceParameterSchema: 'enforce_parameter_schema',
  entrypoint: 'entrypoint',
  path: 'path',
  pullSteps: 'pull_steps',
  workQueueId: 'work_queue_id',
  jobVariables: 'infra_overrides',
  paused: 'paused',
  labels: 'labels',
  version: 'version',
  concurrencyLimitId: 'concurrency_limit_id',
  concurrencyOptions: 'concurrency_options',
};

const inRole = (kind: string, id: string | null, role: string): readonly EventResource[] =>
  id === null ? [] : [{ [RESOURCE_ID]: `prefect.${kind}.${id}`, [RESOURCE_ROLE]: role }];

function* relatedOf(deployment: DeploymentRow): Script<readonly EventResource[]> {
  const flow = yield* one(readFlowOfDeployment(deployment.flowId));
  const { workQueueId } = deployment;
  const queue = workQueueId === null ? null : yield* one(readWorkQueueRow(workQueueId));
  const pool = workQueueId === null ? null : yield* one(readWorkPoolOfQueue(workQueueId));
  return [
    ...(flow === null
      ? []
      : [
          {
            [RESOURCE_ID]: `prefect.flow.${flow.id}`,
            'prefect.resource.name': flow.name,
            [RESOURCE_ROLE]: 'flow',
          },
        ]),
    ...(queue === null ? [] : [workQueueResource(queue)]),
    ...(pool === null ? [] : [workPoolResource(pool)]),
    ...inRole('block-document', deployment.storageDocumentId, 'storage'),
    ...inRole('block-document', deployment.infrastructureDocumentId, 'infrastructure'),
    ...inRole('concurrency-limit', deployment.concurrencyLimitId, 'concurrency-limit'),
  ];
}

export interface DeploymentHappening {
  /** `created`, `updated`, `deleted`, `ready` or `not-ready`. */
  readonly action: string;
  readonly payload?: JsonObject;
}

/** Records something that happened to a deployment, without a note in the journal. */
export function* recordDeploymentEvent(
  deployment: DeploymentRow,
  { action, payload = {} }: DeploymentHappening,
): Script<void> {
  yield* recordEvent({
    id: newId(),
    occurred: nowMicros(),
    event: `prefect.deployment.${action}`,
    resource: {
      [RESOURCE_ID]: `prefect.deployment.${deployment.id}`,
      'prefect.resource.name': deployment.name,
    },
    related: yield* relatedOf(deployment),
    payload,
    follows: null,
  });
}

export function* recordDeploymentCreated(deployment: DeploymentRow): Script<void> {
  yield* recordDeploymentEvent(deployment, { action: 'created' });
  yield* recordChange({ topic: 'deployment', kind: 'created', entityId: deployment.id });
}

export function* recordDeploymentDeleted(deployment: DeploymentRow): Script<void> {
  yield* recordDeploymentEvent(deployment, { action: 'deleted' });
  yield* recordChange({ topic: 'deployment', kind: 'deleted', entityId: deployment.id });
}

/** There is an event only when a field changed that events tell of. */
export function* recordDeploymentUpdated(
  before: DeploymentRow,
  after: DeploymentRow,
): Script<void> {
  const payload = changedFields(before, after, EVENT_FIELDS);
  if (payload !== null) yield* recordDeploymentEvent(after, { action: 'updated', payload });
  yield* recordChange({ topic: 'deployment', kind: 'updated', entityId: after.id });
}
