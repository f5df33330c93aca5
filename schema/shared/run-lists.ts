import { ArtifactConnection } from '../artifact/object.ts';
import { builder } from '../builder.ts';
import { LogConnection } from '../log/object.ts';
import { StateConnection } from '../state/connection.ts';
import { ArtifactFilter, LogFilter } from './entity-filters.ts';
import { FILTER, ORDER, pageArguments } from './list-arguments.ts';
import { LogOrder } from './orders.ts';
import { Run } from './run.ts';

// Both kinds of run resolve these themselves; here they are promised of every run.
builder.interfaceFields(Run, (t) => ({
  states: t.field({
    type: StateConnection,
    description: 'The states it has been in, oldest first.',
    args: pageArguments(),
  }),
  logs: t.field({
    type: LogConnection,
    description: 'What it wrote to its log.',
    args: {
      filter: t.arg({ type: LogFilter, description: FILTER }),
      orderBy: t.arg({ type: LogOrder, description: ORDER }),
      ...pageArguments(),
    },
  }),
  artifacts: t.field({
    type: ArtifactConnection,
    description: 'The artifacts it made.',
    args: { filter: t.arg({ type: ArtifactFilter, description: FILTER }), ...pageArguments() },
  }),
}));
