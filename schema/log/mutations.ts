import { createLogs } from '#server/commands/log/create-logs.ts';

import { builder } from '../builder.ts';
import { InvalidInput } from '../errors/classes.ts';
import { defineMutation, definePayload } from '../shared/define-mutation.ts';
import { storedId } from '../shared/where-unique.ts';

const MAX_LINES = 1000;

const LogInput = builder.inputType('LogInput', {
  description: 'A line of a log.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name of the logger.' }),
    level: t.int({ required: true, description: 'The level as a number: 20 is INFO.' }),
    message: t.string({ required: true, description: 'What it says.' }),
    timestamp: t.field({ type: 'DateTime', required: true, description: 'When it was written.' }),
    flowRunId: t.id({ description: 'The id of the flow run that wrote it.' }),
    taskRunId: t.id({ description: 'The id of the task run that wrote it.' }),
  }),
});

defineMutation('createLogs', {
  description: 'Writes lines to the logs of runs, at most 1000 at once.',
  input: (t) => ({
    logs: t.field({ type: [LogInput], required: true, description: 'The lines.' }),
  }),
  payload: definePayload<{ readonly accepted: number }>('createLogs', (t) => ({
    accepted: t.exposeInt('accepted', { description: 'How many lines were taken in.' }),
  })),
  errors: [InvalidInput],
  resolve: async ({ logs }, { server }) => {
    if (logs.length > MAX_LINES) {
      const message = `At most ${MAX_LINES} lines are taken at once.`;
      throw new InvalidInput(message, [{ message, path: ['logs'] }]);
    }
    await createLogs(
      server,
      logs.map(({ flowRunId, taskRunId, ...line }) => ({
        ...line,
        flowRunId: flowRunId ? storedId(flowRunId) : null,
        taskRunId: taskRunId ? storedId(taskRunId) : null,
      })),
    );
    return { accepted: logs.length };
  },
});
