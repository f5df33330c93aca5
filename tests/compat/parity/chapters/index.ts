import type { Chapter } from '../step.ts';
import { artifacts } from './artifacts.ts';
import { automations } from './automations.ts';
import { background } from './background.ts';
import { blocks, shippedBlocks } from './blocks.ts';
import { deployments } from './deployments.ts';
import { events } from './events.ts';
import { flowRuns } from './flow-runs.ts';
import { flows } from './flows.ts';
import { limits, tagLimits } from './limits.ts';
import { logs } from './logs.ts';
import { runInputs } from './run-inputs.ts';
import { savedSearches } from './saved-searches.ts';
import { server, storage } from './server.ts';
import { taskRuns } from './task-runs.ts';
import { variables } from './variables.ts';
import { work, workStatus } from './work.ts';

/** In this order, as later chapters use what earlier ones have made. */
export const CHAPTERS: readonly Chapter[] = [
  flows,
  flowRuns,
  taskRuns,
  runInputs,
  logs,
  artifacts,
  variables,
  limits,
  tagLimits,
  work,
  deployments,
  workStatus,
  server,
  savedSearches,
  blocks,
  storage,
  automations,
  events,
  background,
  shippedBlocks,
];
