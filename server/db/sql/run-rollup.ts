import type { StateType } from '#server/orchestration/states.ts';

import type { DialectName } from '../dialect.ts';
import { type SqlValue, statement } from '../statement.ts';

/** How wide the spans are in which flow runs are counted, in microseconds; the triggers of the migrations say the same. */
export const ROLLUP_MICROS = 600_000_000;

const EDGE = {
  sqlite: `(SELECT value ->> 0 AS low, value ->> 1 AS high FROM json_each(?))`,
  postgresql: `(SELECT CAST(value ->> 0 AS BIGINT) AS low, CAST(value ->> 1 AS BIGINT) AS high
    FROM jsonb_array_elements(CAST(? AS JSONB)) AS pair(value))`,
};

const history = (dialect: DialectName): string =>
  `WITH asked AS (SELECT CAST(? AS BIGINT) AS first, CAST(? AS BIGINT) AS past, CAST(? AS BIGINT) AS width,
     CAST(? AS BIGINT) AS now),
   counted AS (
     SELECT (bucket - first) / width AS span, state_type, state_name, runs,
       run_time + running * (now - bucket) - running_since AS run_time,
       lateness + CASE WHEN bucket < now THEN waiting * (now - bucket) - waiting_since ELSE 0 END AS lateness
     FROM asked CROSS JOIN run_rollup
     WHERE bucket >= first AND bucket <= past - ${ROLLUP_MICROS}
       AND (bucket - first) / width = (bucket - first + ${ROLLUP_MICROS - 1}) / width
       AND bucket <> now / ${ROLLUP_MICROS} * ${ROLLUP_MICROS}
     UNION ALL
     SELECT (expected_start_time - first) / width, state_type, state_name, 1,
       total_run_time + CASE WHEN state_type = 'RUNNING' THEN now - state_timestamp ELSE 0 END,
       CASE WHEN start_time > expected_start_time THEN start_time - expected_start_time
         WHEN start_time IS NULL AND expected_start_time < now
           AND state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN now - expected_start_time
         ELSE 0 END
     FROM asked CROSS JOIN ${EDGE[dialect]} AS edge CROSS JOIN flow_run
     WHERE expected_start_time >= edge.low AND expected_start_time < edge.high)
   SELECT CAST(span AS BIGINT) AS bucket, state_type AS type, state_name AS name, CAST(sum(runs) AS BIGINT) AS count,
     CAST(sum(run_time) AS DOUBLE PRECISION) AS run_time, CAST(sum(counted.lateness) AS DOUBLE PRECISION) AS lateness
   FROM counted GROUP BY span, state_type, state_name HAVING sum(runs) > 0`;

/**
 * Flow runs by state in intervals of their expected start from `start` up to `end`: the counted spans that lie within
 * an interval, and the runs of those spans, given as pairs of instants, that do not or that hold the present.
 */
export const readRollupHistory = statement<
  [start: number, end: number, interval: number, now: number, edges: SqlValue],
  {
    readonly bucket: number;
    readonly type: StateType | null;
    readonly name: string | null;
    readonly count: number;
    readonly runTime: number;
    readonly lateness: number;
  }
>({ sqlite: history('sqlite'), postgresql: history('postgresql') });

/** Spans that were written to after a row and have more than one row for a state, at most so many. */
export const findScatteredSpans = statement<
  [after: number, limit: number],
  { readonly bucket: number }
>(
  `SELECT DISTINCT bucket FROM (SELECT bucket FROM run_rollup
     WHERE bucket IN (SELECT bucket FROM run_rollup WHERE seq > ?)
     GROUP BY bucket, state_type, state_name HAVING count(*) > 1) AS scattered LIMIT ?`,
);

const COLUMNS = `bucket, state_type, state_name, runs, run_time, lateness, running, running_since, waiting, waiting_since`;

const summedUp = (source: string): string =>
  `INSERT INTO run_rollup (${COLUMNS})
   SELECT bucket, state_type, state_name, sum(runs), sum(run_time), sum(lateness), sum(running), sum(running_since),
     sum(waiting), sum(waiting_since) FROM ${source}
   GROUP BY bucket, state_type, state_name HAVING sum(runs) <> 0`;

/** SQLite: adds up the rows of the spans of a JSON list; those that went into it are deleted afterwards. */
export const addSums = statement<[buckets: SqlValue]>(
  summedUp('run_rollup WHERE bucket IN (SELECT value FROM json_each(?))'),
);

/** The last row there is. */
export const lastRollupRow = statement<[], { readonly seq: number | null }>(
  'SELECT max(seq) AS seq FROM run_rollup',
);

/** SQLite: deletes the rows of the spans of a JSON list up to one. */
export const deleteRollupRows = statement<[buckets: SqlValue, seq: number]>(
  'DELETE FROM run_rollup WHERE bucket IN (SELECT value FROM json_each(?)) AND seq <= ?',
);

/** PostgreSQL: replaces the rows of the spans of a JSON list by their sums. A row not yet committed stays for later. */
export const replaceBySums = statement<[buckets: SqlValue]>(
  `WITH gone AS (DELETE FROM run_rollup
     WHERE bucket IN (SELECT CAST(jsonb_array_elements_text(CAST(? AS JSONB)) AS BIGINT)) RETURNING *)
   ${summedUp('gone')}`,
);
