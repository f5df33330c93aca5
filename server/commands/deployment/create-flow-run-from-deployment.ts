import { againWhenTaken } from '#server/commands/again-when-taken.ts';
import {
  type CreateFlowRun,
  type CreatedFlowRun,
  flowRunToCreate,
} from '#server/commands/flow-run/create-flow-run.ts';
import { ensureWorkQueue } from '#server/commands/work-queue/create-work-queue.ts';
import { lockPoolToUse } from '#server/commands/work-queue/resolve-work-queue.ts';
import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import { type DeploymentForRun, readDeploymentForRun } from '#server/db/sql/deployment-for-run.ts';
import { ServerError, isServerError, toError } from '#server/errors.ts';
import type { JsonObject } from '#server/json.ts';
import { scheduled } from '#server/orchestration/proposals.ts';
import type { ProposedState } from '#server/orchestration/states.ts';
import { checkRunJobVariables } from '#server/parameters/job-variables.ts';
import { nowMicros } from '#server/time.ts';

import { type ParameterCheck, checkParameters, hydrateParameters } from './parameters.ts';
import { deploymentNotFound } from './update-deployment.ts';

type Inherited =
  | 'flowId'
  | 'deploymentId'
  | 'deploymentVersion'
  | 'workQueueId'
  | 'parameters'
  | 'state'
  | 'autoScheduled';

/** A run of a deployment: what is left out comes from the deployment. */
export type DeploymentRun = Omit<CreateFlowRun, Inherited> & {
  /** Laid over the deployment's; objects with a `__prefect_kind` are filled in. */
  readonly parameters?: JsonObject | null | undefined;
  readonly enforceParameterSchema?: boolean | null | undefined;
  /** Without one the run is scheduled for now. */
  readonly state?: ProposedState | null | undefined;
};

/** A run with its queue and pool, where it was made by this call; a run that was there may be elsewhere by now. */
export interface CreatedDeploymentRun extends CreatedFlowRun {
  readonly queueName: string | null;
  readonly workPoolId: string | null;
  readonly workPoolName: string | null;
}

interface Words {
  readonly hydration: string;
  readonly validation: string;
  readonly schema?: ParameterCheck['words'];
  /** What else is said of a queue that a deployment without a pool cannot have. */
  readonly noPool: (deploymentId: string) => string;
}

const SINGLE: Words = {
  hydration: 'Error hydrating flow run parameters: ',
  validation: 'Error creating flow run',
  noPool: (id) =>
    `deployment ${id} is not associated with a work pool. Please remove work_pool_name and try again.`,
};

const BULK: Words = {
  hydration: '',
  validation: 'Parameter validation failed',
  schema: {
    noSchema: 'Parameter schema enforcement is enabled but deployment has no valid schema.',
    circular: 'Invalid schema: circular references detected.',
  },
  noPool: () => 'deployment is not associated with a work pool.',
};

interface Asked {
  readonly deployment: DeploymentForRun;
  readonly input: DeploymentRun;
  readonly words: Words;
}

function* parametersOf({ deployment, input, words }: Asked): Script<JsonObject> {
  const merged = { ...deployment.parameters, ...input.parameters };
  const parameters = yield* hydrateParameters(merged, words.hydration);
  if (input.enforceParameterSchema ?? deployment.enforceParameterSchema) {
    checkParameters({
      parameters,
      schema: deployment.parameterOpenapiSchema,
      failure: words.validation,
      ...(words.schema && { words: words.schema }),
    });
  }
  return parameters;
}

interface Queue {
  readonly workQueueId: string | null;
  readonly workQueueName: string | null;
  readonly queueName: string | null;
}

function* queueOf(ctx: Context, { deployment, input, words }: Asked): Script<Queue> {
  const name = input.workQueueName;
  if (name === undefined || name === null || name === '') return deployment;
  if (deployment.poolName === null) {
    throw new ServerError(
      'BAD_REQUEST',
      `Cannot create flow run in work queue ${name} because ${words.noPool(deployment.id)}`,
    );
  }
  const pool = yield* lockPoolToUse(ctx, deployment.poolName);
  const queue = yield* ensureWorkQueue(ctx, { pool, name });
  return { workQueueId: queue.id, workQueueName: queue.name, queueName: queue.name };
}

function* runToCreate(ctx: Context, asked: Asked): Script<CreatedDeploymentRun> {
  const { deployment, input } = asked;
  const parameters = yield* parametersOf(asked);
  if (deployment.poolTemplate !== null) {
    yield* checkRunJobVariables(ctx, {
      template: deployment.poolTemplate,
      deployment: deployment.jobVariables,
      flowRun: input.jobVariables ?? null,
      failure: 'Error creating flow run',
    });
  }
  const { workQueueId, workQueueName, queueName } = yield* queueOf(ctx, asked);
  const { enforceParameterSchema: _, ...own } = input;
  const made = yield* flowRunToCreate(ctx, {
    ...own,
    flowId: deployment.flowId,
    deploymentId: deployment.id,
    deploymentVersion: deployment.version,
    parameters,
    tags: [...new Set([...deployment.tags, ...(input.tags ?? [])])],
    infrastructureDocumentId: input.infrastructureDocumentId ?? deployment.infrastructureDocumentId,
    workQueueId,
    workQueueName,
    state: input.state ?? scheduled({ at: nowMicros() }),
  });
  return { ...made, queueName, workPoolId: deployment.poolId, workPoolName: deployment.poolName };
}

function* requireDeployment(id: string): Script<DeploymentForRun> {
  const deployment = yield* one(readDeploymentForRun(id));
  if (deployment === null) throw deploymentNotFound(id, 'Deployment not found');
  return deployment;
}

/** The script that makes a run of a deployment, for use within another one. */
function* flowRunFromDeployment(
  ctx: Context,
  { deploymentId, input }: { readonly deploymentId: string; readonly input: DeploymentRun },
): Script<CreatedDeploymentRun> {
  const deployment = yield* requireDeployment(deploymentId);
  return yield* runToCreate(ctx, { deployment, input, words: SINGLE });
}

/**
 * Makes a run of a deployment. NOT_FOUND for an unknown one; BAD_REQUEST when parameters cannot be filled in,
 * CONFLICT when they do not fit the deployment's schema, INVALID when job variables do not fit the pool.
 */
export const createFlowRunFromDeployment = (
  ctx: Context,
  input: { readonly deploymentId: string; readonly input: DeploymentRun },
): Promise<CreatedDeploymentRun> =>
  againWhenTaken(() => ctx.db.write(() => flowRunFromDeployment(ctx, input)));

export type BulkResult =
  | { readonly status: 'CREATED'; readonly flowRunId: string }
  | { readonly status: 'FAILED'; readonly error: string };

/** Makes many runs of a deployment; one that cannot be made does not keep the others from it. NOT_FOUND for an unknown deployment. */
export const createFlowRunsFromDeployment = async (
  ctx: Context,
  {
    deploymentId,
    inputs,
  }: { readonly deploymentId: string; readonly inputs: readonly DeploymentRun[] },
): Promise<readonly BulkResult[]> => {
  const deployment = await ctx.db.read(() => requireDeployment(deploymentId));
  const create = async (input: DeploymentRun): Promise<BulkResult> => {
    try {
      const { flowRun } = await againWhenTaken(() =>
        ctx.db.write(() => runToCreate(ctx, { deployment, input, words: BULK })),
      );
      return { status: 'CREATED', flowRunId: flowRun.id };
    } catch (error) {
      // A busy database fails the whole call, which may then be repeated.
      if (isServerError(error, 'UNAVAILABLE')) throw error;
      return { status: 'FAILED', error: toError(error).message };
    }
  };
  return Promise.all(inputs.map(create));
};
