import type { Database } from './db/database.ts';
import type { Bus } from './events/bus.ts';
import type { EventIntake } from './events/intake.ts';
import type { Log } from './log.ts';
import type { ServiceBoard } from './service-board.ts';
import type { Settings } from './settings.ts';

/** What every command, query and service is given first: all that it may reach. */
export interface Context {
  readonly db: Database;
  readonly bus: Bus;
  /** Where events that come from outside are handed in. */
  readonly intake: EventIntake;
  readonly settings: Settings;
  readonly log: Log;
  /** Where the services of this process note what they do. */
  readonly board: ServiceBoard;
}
