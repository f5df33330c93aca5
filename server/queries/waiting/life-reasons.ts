import type { Context } from '#server/context.ts';
import { type Script, one } from '#server/db/script.ts';
import type { FlowRunViewRow } from '#server/db/sql/read-run-view.ts';
import { readLastHeartbeat } from '#server/db/sql/read-stuck-flow-runs.ts';
import { type Micros, addSeconds, micros } from '#server/time.ts';

import { type WaitingReason, reason } from './reason.ts';

/** That a running flow run has sent heartbeats and none for a while, in the terms of the service that ends such runs. */
export function* silenceReasons(
  { settings }: Context,
  { id, stateTimestamp }: Pick<FlowRunViewRow, 'id' | 'stateTimestamp'>,
  now: Micros,
): Script<readonly WaitingReason[]> {
  const { enabled, afterSeconds } = settings.services.heartbeatReaper;
  const since = addSeconds(now, -afterSeconds);
  if (stateTimestamp === null || stateTimestamp >= since) return [];
  const last = yield* one(readLastHeartbeat(`prefect.flow-run.${id}`));
  if (last === null || last.occurred >= since) return [];
  const end = enabled
    ? 'it crashes within moments.'
    : 'nothing ends it, since the service "heartbeat-reaper" is off.';
  const message = `Its process has sent no heartbeat for more than ${afterSeconds} seconds and may be dead; ${end}`;
  return [reason('SILENT', message, { lastSeen: micros(last.occurred) })];
}
