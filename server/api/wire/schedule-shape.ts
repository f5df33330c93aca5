import { z } from 'zod';

import { optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import { number } from './pydantic/number.ts';
import { boolean, text } from './pydantic/scalar.ts';
import { model } from './pydantic/shapes.ts';

/** The three kinds of schedule as the interface document shows them; the rules are those of the schedules themselves. */
export const scheduleShape = z.union([
  model({
    interval: z.union([number({ above: 0 }), text()]),
    anchor_date: datetime.optional(),
    timezone: optional(text()),
  }),
  model({ cron: text(), timezone: optional(text()), day_or: boolean.default(true) }),
  model({ rrule: text(), timezone: text().nullable().default('UTC') }),
]);
