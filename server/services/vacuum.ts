import { removeOldAnswers } from '#server/commands/retention/remove-old-answers.ts';
import { removeOldChanges } from '#server/commands/retention/remove-old-changes.ts';
import { removeOldEvents } from '#server/commands/retention/remove-old-events.ts';
import { removeOldFlowRuns } from '#server/commands/retention/remove-old-flow-runs.ts';
import { removeOrphans } from '#server/commands/retention/remove-orphans.ts';
import type { Settings } from '#server/settings.ts';

import type { Service } from './service.ts';

const everyLoop = ({ services }: Settings): number => services.vacuum.loopSeconds;

/** Cuts the journal of changes at the time after which no cursor into it is honoured, and forgets kept answers. */
export const journalVacuum: Service = {
  name: 'journal-vacuum',
  scope: 'leader',
  everySeconds: () => 600,
  isEnabled: () => true,
  runOnce: async (ctx) => ({
    changes: await removeOldChanges(ctx),
    answers: await removeOldAnswers(ctx),
  }),
};

/** Removes events that are older than the settings keep them. */
export const eventVacuum: Service = {
  name: 'event-vacuum',
  scope: 'leader',
  everySeconds: everyLoop,
  isEnabled: ({ services }) => services.vacuum.parts.includes('events'),
  runOnce: async (ctx) => ({ events: await removeOldEvents(ctx) }),
};

/** Removes finished flow runs that are older than the settings keep them. */
export const flowRunVacuum: Service = {
  name: 'flow-run-vacuum',
  scope: 'leader',
  everySeconds: everyLoop,
  isEnabled: ({ services }) => services.vacuum.parts.includes('flow_runs'),
  runOnce: async (ctx) => ({ flowRuns: await removeOldFlowRuns(ctx) }),
};

/** Removes what flow runs have left behind that are gone. */
export const orphanVacuum: Service = {
  name: 'orphan-vacuum',
  scope: 'leader',
  everySeconds: ({ services }) => services.vacuum.orphanCleanupLoopSeconds,
  isEnabled: ({ services }) =>
    services.vacuum.parts.includes('flow_runs') || services.vacuum.parts.includes('orphans'),
  runOnce: async (ctx) => ({ ...(await removeOrphans(ctx)) }),
};
