import { DEPLOYMENTS } from './deployments.ts';
import { LIVES } from './lives.ts';
import type { Scenario } from './step.ts';

/** All that is played on both servers. */
export const SCENARIOS: readonly Scenario[] = [...LIVES, ...DEPLOYMENTS];
