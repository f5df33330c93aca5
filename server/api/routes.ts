import type { Context } from '#server/context.ts';

import { adminRoutes } from './admin.ts';
import { csrfRoutes } from './csrf.ts';
import { flowRoutes } from './flows.ts';
import { rootRoutes } from './root.ts';
import type { Route } from './route.ts';

/** Every address of the REST interface. */
export const listRoutes = (ctx: Context): readonly Route[] => [
  ...rootRoutes(ctx),
  ...csrfRoutes(ctx),
  ...adminRoutes(ctx),
  ...flowRoutes(ctx),
];
