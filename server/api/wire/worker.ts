import type { WorkerRow } from '#prisma/tables.ts';
import { type HeartbeatRule, workerStatus } from '#server/commands/worker/worker-status.ts';
import { type Micros, formatInstant } from '#server/time.ts';

import { operator, optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import { choice } from './pydantic/scalar.ts';
import { list, model } from './pydantic/shapes.ts';

const statuses = list(choice(['ONLINE', 'OFFLINE']));

/** Prefect's filter of workers. */
export const workerFilter = model({
  operator,
  last_heartbeat_time: optional(model({ before_: optional(datetime), after_: optional(datetime) })),
  status: optional(model({ any_: optional(statuses), not_any_: optional(statuses) })),
});

/** A worker; its status is that of the moment, not the one that is stored. */
export const workerToWire = (
  worker: WorkerRow,
  moment: { readonly rule: HeartbeatRule; readonly now: Micros },
) => ({
  id: worker.id,
  created: formatInstant(worker.created),
  updated: formatInstant(worker.updated),
  name: worker.name,
  work_pool_id: worker.workPoolId,
  last_heartbeat_time: formatInstant(worker.lastHeartbeatTime),
  heartbeat_interval_seconds: worker.heartbeatIntervalSeconds,
  status: workerStatus(worker, moment),
});
