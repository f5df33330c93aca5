import { type Micros, addSeconds } from '#server/time.ts';

/** The year 2100 in microseconds: a holder that is alive renews its lease, which then ends when it should. */
const FAR_AWAY = '4102444800000000';
const UNDER_WAY = `('PENDING', 'RUNNING', 'CANCELLING')`;
const LEASE_OF_STATE = `CAST(state.state_details ->> 'deployment_concurrency_lease_id' AS TEXT)`;
const HELD_LEASE = `INSERT INTO concurrency_lease (id, created, expiration, limit_ids, slots, holder_type, holder_id)`;

const LIMIT_IDS = `json('["' || bound.id || '"]')`;
/** A client that still holds a slot would have renewed its lease in this time, unless it asked for a longer one. */
const USUAL_LEASE_SECONDS = 300;

/** Flow runs under way with the limit of their deployment. */
const BOUND_RUNS = `flow_run AS run JOIN flow_run_state AS state ON state.id = run.state_id
  JOIN deployment ON deployment.id = run.deployment_id
  JOIN concurrency_limit_v2 AS bound ON bound.id = deployment.concurrency_limit_id`;

/** Task runs under way with each limit on one of their tags; JSON has a tag in quotation marks. */
const TAGGED_RUNS = `task_run AS run JOIN concurrency_limit_v2 AS bound ON bound.name LIKE 'tag:%'
  AND replace(CAST(run.tags AS TEXT), '"' || substr(bound.name, 5) || '"', '') <> CAST(run.tags AS TEXT)
  WHERE run.state_type IN ('RUNNING', 'CANCELLING')`;

/** One lease for each task run and limit, under an id that is made of theirs. */
const TAG_LEASE = 'substr(bound.id, 1, 18) || substr(run.id, 19)';

/** Limits whose slots count as taken, by whom nobody knows. */
const UNKNOWN_HOLDERS = `concurrency_limit_v2 AS bound WHERE bound.active_slots > 0 AND bound.slot_decay_per_second = 0
  AND bound.name NOT LIKE 'tag:%'
  AND NOT EXISTS (SELECT 1 FROM deployment WHERE deployment.concurrency_limit_id = bound.id)`;

/**
 * Prefect keeps leases in memory and counts slots beside them; here a held slot is a lease. The runs that hold slots
 * get theirs back, flow runs under the ids by which they renew them. Who holds the slots of other limits is not known:
 * they are kept for as long as the usual lease, and are free then; those of a limit of rate free themselves. Each
 * statement may run again.
 */
export const heldSlots = (now: Micros): readonly string[] => [
  `${HELD_LEASE}
    SELECT ${LEASE_OF_STATE}, coalesce(run.state_timestamp, run.created), ${FAR_AWAY}, ${LIMIT_IDS}, 1, 'flow_run', run.id
    FROM ${BOUND_RUNS} WHERE run.state_type IN ${UNDER_WAY} AND ${LEASE_OF_STATE} IS NOT NULL
    ON CONFLICT DO NOTHING`,
  `INSERT INTO concurrency_lease_limit (limit_id, lease_id)
    SELECT bound.id, lease.id FROM ${BOUND_RUNS} JOIN concurrency_lease AS lease ON lease.id = ${LEASE_OF_STATE}
    WHERE run.state_type IN ${UNDER_WAY} ON CONFLICT DO NOTHING`,
  `UPDATE concurrency_limit_v2 SET active_slots = (SELECT count(*) FROM ${BOUND_RUNS}
      WHERE bound.id = concurrency_limit_v2.id AND run.state_type IN ${UNDER_WAY} AND ${LEASE_OF_STATE} IS NULL)
    WHERE active_slots > 0 AND id IN (SELECT concurrency_limit_id FROM deployment)`,
  `${HELD_LEASE}
    SELECT ${TAG_LEASE}, coalesce(run.state_timestamp, run.created), ${FAR_AWAY}, ${LIMIT_IDS}, 1, 'task_run', run.id
    FROM ${TAGGED_RUNS} AND NOT EXISTS (SELECT 1 FROM concurrency_lease_limit AS held
      JOIN concurrency_lease AS lease ON lease.id = held.lease_id
      WHERE held.limit_id = bound.id AND lease.holder_type = 'task_run' AND lease.holder_id = run.id)
    ON CONFLICT DO NOTHING`,
  `INSERT INTO concurrency_lease_limit (limit_id, lease_id)
    SELECT bound.id, lease.id FROM concurrency_lease AS lease, ${TAGGED_RUNS} AND lease.id = ${TAG_LEASE}
    ON CONFLICT DO NOTHING`,
  `UPDATE concurrency_limit_v2 SET active_slots = 0 WHERE active_slots > 0 AND name LIKE 'tag:%'`,
  `${HELD_LEASE}
    SELECT bound.id, ${now}, ${addSeconds(now, USUAL_LEASE_SECONDS)}, ${LIMIT_IDS}, bound.active_slots, NULL, NULL
    FROM ${UNKNOWN_HOLDERS} ON CONFLICT DO NOTHING`,
  `INSERT INTO concurrency_lease_limit (limit_id, lease_id)
    SELECT bound.id, bound.id FROM ${UNKNOWN_HOLDERS} ON CONFLICT DO NOTHING`,
  `UPDATE concurrency_limit_v2 SET active_slots = 0
    WHERE id IN (SELECT lease_id FROM concurrency_lease_limit WHERE lease_id = limit_id) AND slot_decay_per_second = 0`,
];
