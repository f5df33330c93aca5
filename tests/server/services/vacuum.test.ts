import { expect, test } from 'vitest';

import { one, run } from '#server/db/script.ts';
import { insertChange } from '#server/db/sql/insert-change.ts';
import { statement } from '#server/db/statement.ts';
import { ingestEvents } from '#server/events/ingest.ts';
import { newId } from '#server/ids.ts';
import { eventVacuum, journalVacuum } from '#server/services/vacuum.ts';
import { addSeconds, formatInstant, nowMicros } from '#server/time.ts';
import { describeEachDatabase } from '#tests/support/database.ts';

const DAY = 86_400;

const left = statement<
  [],
  { readonly changes: number; readonly events: number; readonly resources: number }
>(
  `SELECT (SELECT count(*) FROM change) AS changes, (SELECT count(*) FROM event) AS events,
     (SELECT count(*) FROM event_resource) AS resources`,
);

describeEachDatabase('the vacuum', (db) => {
  test('cuts the journal after a day and keeps what is younger', async () => {
    await db.ctx.db.write(function* () {
      for (let index = 0; index < 1500; index += 1) {
        yield* run(
          insertChange(addSeconds(nowMicros(), -2 * DAY), 'flow', 'created', newId(), null),
        );
      }
      yield* run(insertChange(nowMicros(), 'flow', 'created', newId(), null));
    });
    expect(await journalVacuum.runOnce(db.ctx)).toEqual({ changes: 1500, answers: 0 });
    expect(await db.ctx.db.read(() => one(left()))).toMatchObject({ changes: 1 });
  });

  test('removes events past their time, and their resources with them', async () => {
    const event = (daysAgo: number) => ({
      id: newId(),
      occurred: formatInstant(addSeconds(nowMicros(), -daysAgo * DAY)),
      event: 'something.happened',
      resource: { 'prefect.resource.id': 'thing.1' },
      related: [{ 'prefect.resource.id': 'thing.2', 'prefect.resource.role': 'other' }],
    });
    await ingestEvents(db.ctx, [event(8), event(6)]);
    expect(await eventVacuum.runOnce(db.ctx)).toEqual({ events: 1 });
    expect(await db.ctx.db.read(() => one(left()))).toMatchObject({ events: 1, resources: 2 });
  });
});
