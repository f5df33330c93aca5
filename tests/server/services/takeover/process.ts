/** A process of the server with one service alone, which says each time that it ticks: `node process.ts URL`. */
import { openDatabase } from '#server/db/open.ts';
import { one } from '#server/db/script.ts';
import { ping } from '#server/db/sql/ping.ts';
import { createInProcessBus } from '#server/events/bus-in-process.ts';
import { EventIntake } from '#server/events/intake.ts';
import { createLog } from '#server/log.ts';
import { createServiceBoard } from '#server/service-board.ts';
import { startServices } from '#server/services/loop.ts';
import type { Service } from '#server/services/service.ts';
import { readSettings } from '#server/settings.ts';

const settings = readSettings({
  PREFECT_SERVER_DATABASE_CONNECTION_URL: process.argv[2] ?? '',
  PREFECT_SERVER_LOGGING_LEVEL: 'CRITICAL',
});
const log = createLog(settings);
const db = await openDatabase(settings, log);
const board = createServiceBoard();
const intake = new EventIntake({ db, settings, log, board });
const speaking: Service = {
  name: 'speaking',
  scope: 'leader',
  everySeconds: () => 0.1,
  isEnabled: () => true,
  runOnce: async (ctx) => {
    // Refused once another process leads, whatever it does.
    await ctx.db.write(() => one(ping()));
    process.stdout.write('tick\n');
    return {};
  },
};
startServices({ db, bus: createInProcessBus(), settings, log, intake, board }, [speaking]);
process.stdout.write('started\n');
