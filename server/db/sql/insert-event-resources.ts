import type { JsonText } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

import { statement } from '../statement.ts';

/** Makes an event, written before, findable by what it is about, given as a JSON list of [resource id, role]. */
export const insertResourcesOfEvent = statement<[resources: JsonText, eventId: string]>({
  sqlite: `INSERT INTO event_resource (resource_id, occurred, seq, role)
    SELECT part.value ->> 0, event.occurred, event.seq, part.value ->> 1
    FROM json_each(?) AS part, event WHERE event.id = ? ON CONFLICT DO NOTHING`,
  postgresql: `INSERT INTO event_resource (resource_id, occurred, seq, role)
    SELECT part.value ->> 0, event.occurred, event.seq, part.value ->> 1
    FROM event, jsonb_array_elements(CAST(? AS JSONB)) AS part(value)
    WHERE event.id = ? ON CONFLICT DO NOTHING`,
});

/** The same beside the statement that writes the event, which is called `written_event` (see runTogether). */
export const insertResourcesOfWrittenEvent = statement<[occurred: Micros, resources: JsonText]>(
  `INSERT INTO event_resource (resource_id, occurred, seq, role)
  SELECT part.value ->> 0, CAST(? AS BIGINT), written_event.seq, part.value ->> 1
  FROM written_event, jsonb_array_elements(CAST(? AS JSONB)) AS part(value)
  ON CONFLICT DO NOTHING`,
);
