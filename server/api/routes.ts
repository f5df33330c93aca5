import type { Context } from '#server/context.ts';

import { adminStorageRoutes } from './admin-storage.ts';
import { adminRoutes } from './admin.ts';
import { artifactRoutes } from './artifacts.ts';
import { automationRoutes } from './automations.ts';
import { blockDocumentRoutes } from './block-documents.ts';
import { blockSchemaRoutes } from './block-schemas.ts';
import { blockTypeRoutes } from './block-types.ts';
import { collectionRoutes } from './collections.ts';
import { concurrencyLimitV2Routes } from './concurrency-limits-v2.ts';
import { concurrencyLimitRoutes } from './concurrency-limits.ts';
import { concurrencySlotRoutes } from './concurrency-slots.ts';
import { csrfRoutes } from './csrf.ts';
import { deploymentRoutes } from './deployments.ts';
import { eventListRoutes } from './event-lists.ts';
import { eventRoutes } from './events.ts';
import { flowRunBulkRoutes } from './flow-run-bulk.ts';
import { flowRunGraphRoutes } from './flow-run-graph.ts';
import { flowRunInputRoutes } from './flow-run-inputs.ts';
import { flowRunListRoutes } from './flow-run-lists.ts';
import { flowRunWaitingRoutes } from './flow-run-waiting.ts';
import { flowRunRoutes } from './flow-runs.ts';
import { flowRoutes } from './flows.ts';
import { logDownloadRoutes } from './log-download.ts';
import { logRoutes } from './logs.ts';
import { metricsRoutes } from './metrics.ts';
import { rootRoutes } from './root.ts';
import type { Route } from './route.ts';
import { savedSearchRoutes } from './saved-searches.ts';
import { stateRoutes } from './states.ts';
import { taskRunListRoutes } from './task-run-lists.ts';
import { taskRunRoutes } from './task-runs.ts';
import { taskWorkerRoutes } from './task-workers.ts';
import { templateRoutes } from './templates.ts';
import { uiFlowRoutes } from './ui-flows.ts';
import { uiRunRoutes } from './ui-runs.ts';
import { uiSchemaRoutes } from './ui-schemas.ts';
import { variableRoutes } from './variables.ts';
import { workPoolRoutes } from './work-pools.ts';
import { workQueueRoutes } from './work-queues.ts';

/** Every address of the REST interface. */
export const listRoutes = (ctx: Context): readonly Route[] => [
  ...rootRoutes(ctx),
  ...metricsRoutes(ctx),
  ...csrfRoutes(ctx),
  ...adminRoutes(ctx),
  ...adminStorageRoutes(ctx),
  ...flowRoutes(ctx),
  ...flowRunRoutes(ctx),
  ...flowRunListRoutes(ctx),
  ...flowRunBulkRoutes(ctx),
  ...flowRunGraphRoutes(ctx),
  ...flowRunWaitingRoutes(ctx),
  ...flowRunInputRoutes(ctx),
  ...logDownloadRoutes(ctx),
  ...taskRunRoutes(ctx),
  ...taskRunListRoutes(ctx),
  ...stateRoutes(ctx),
  ...logRoutes(ctx),
  ...eventRoutes(ctx),
  ...eventListRoutes(ctx),
  ...uiRunRoutes(ctx),
  ...uiFlowRoutes(ctx),
  ...automationRoutes(ctx),
  ...templateRoutes(),
  ...concurrencyLimitRoutes(ctx),
  ...concurrencySlotRoutes(ctx),
  ...concurrencyLimitV2Routes(ctx),
  ...artifactRoutes(ctx),
  ...variableRoutes(ctx),
  ...savedSearchRoutes(ctx),
  ...blockTypeRoutes(ctx),
  ...blockSchemaRoutes(ctx),
  ...blockDocumentRoutes(ctx),
  ...collectionRoutes(ctx),
  ...deploymentRoutes(ctx),
  ...workPoolRoutes(ctx),
  ...workQueueRoutes(ctx),
  ...taskWorkerRoutes(ctx),
  ...uiSchemaRoutes(ctx),
];
