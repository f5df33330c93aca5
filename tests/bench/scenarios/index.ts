import type { Scenario } from '../scenario.ts';
import { backgroundRuns } from './background-runs.ts';
import { createFlowRun } from './create-flow-run.ts';
import { createFromDeployment } from './create-from-deployment.ts';
import { eventBurst } from './event-burst.ts';
import { eventFanOut, eventFanOutToMany } from './event-fan-out.ts';
import { eventLag } from './event-lag.ts';
import { flowRunHandOver } from './flow-run-hand-over.ts';
import { flowRunLife } from './flow-run-life.ts';
import { listFlowRuns, listFlowRunsCompressed } from './list-flow-runs.ts';
import { logs } from './logs.ts';
import { runPage, runsPage } from './pages.ts';
import { pollWorkPool } from './poll-work-pool.ts';
import { readFlowRun } from './read-flow-run.ts';
import { slotLine } from './slot-line.ts';
import { stalledReader } from './stalled-reader.ts';
import { taskRunEvents } from './task-run-events.ts';

/** Every scenario, in the order in which they are run on one database. */
export const scenarios: readonly Scenario[] = [
  createFlowRun,
  flowRunLife,
  createFromDeployment,
  logs,
  readFlowRun,
  listFlowRuns,
  listFlowRunsCompressed,
  runPage,
  runsPage,
  taskRunEvents,
  eventLag,
  eventBurst,
  backgroundRuns,
  flowRunHandOver,
  pollWorkPool,
  eventFanOut,
  eventFanOutToMany,
  slotLine,
  stalledReader,
];
