import { listServices } from '#server/services/index.ts';

import type { CommonRequest } from './common-requests.ts';

/** Steps from run to run through the index of what runs have left, once a day. */
const WALKS_ALL = 'orphan-vacuum';

/** What the server asks of its database by itself, all the time. */
export const SERVICE_TICKS: readonly CommonRequest[] = listServices()
  .filter(({ name }) => name !== WALKS_ALL)
  .map((service) => ({
    name: `a tick of ${service.name}`,
    ask: (ctx) => service.runOnce(ctx),
  }));
