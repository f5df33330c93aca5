import { DEPLOYMENTS } from './deployments.ts';
import { LIVES } from './lives.ts';
import { POLLS } from './polls.ts';
import { SLOTS } from './slots.ts';
import type { Scenario } from './step.ts';

/** All that is played on both servers. */
export const SCENARIOS: readonly Scenario[] = [...LIVES, ...DEPLOYMENTS, ...POLLS, ...SLOTS];
