import { builder } from '../builder.ts';
import { resolveConnection } from '../shared/connection.ts';
import { LogFilter } from '../shared/entity-filters.ts';
import { FILTER, ORDER, pageArguments } from '../shared/list-arguments.ts';
import { LogOrder } from '../shared/orders.ts';
import { LOGS } from './list.ts';
import { LogConnection } from './object.ts';

builder.queryField('logs', (t) =>
  t.field({
    type: LogConnection,
    description: 'Log lines, the oldest first unless an order is given.',
    args: {
      filter: t.arg({ type: LogFilter, required: true, description: FILTER }),
      orderBy: t.arg({ type: LogOrder, description: ORDER }),
      ...pageArguments(),
    },
    resolve: (_root, { orderBy, ...args }, ctx, info) =>
      resolveConnection(ctx, info, {
        source: LOGS,
        args: { ...args, orderBy: orderBy ? [orderBy] : null },
      }),
  }),
);
