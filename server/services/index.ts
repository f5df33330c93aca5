import { createEventRelay } from './event-relay.ts';
import { lateRuns } from './late-runs.ts';
import type { Service } from './service.ts';
import { eventVacuum, journalVacuum } from './vacuum.ts';

/** Every service of the server; a process makes its own list, because some remember how far they have come. */
export const listServices = (): readonly Service[] => [
  createEventRelay(),
  lateRuns,
  journalVacuum,
  eventVacuum,
];
