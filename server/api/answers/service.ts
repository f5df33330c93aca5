import type { ServiceView } from '#server/queries/service/read-service-progress.ts';
import { formatOptionalInstant } from '#server/time.ts';

/** A service as `/ready` tells of it, which anybody may ask: why a tick failed is for the log and for GraphQL. */
export const serviceAnswer = (service: ServiceView) => ({
  name: service.name,
  period_seconds: service.periodSeconds,
  last_tick: formatOptionalInstant(service.lastTickAt),
  duration_seconds: service.durationSeconds,
  lag_seconds: service.lagSeconds,
  result: service.result,
  failed: service.error !== null,
  stalled: service.isStalled,
  here: service.isHere,
});
