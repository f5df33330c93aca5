import { need } from '../call.ts';
import { LOG } from '../entities.ts';
import { askField } from '../perform.ts';
import { type Chapter, at } from '../step.ts';
import { many } from '../view.ts';

const LINES = [
  { level: 20, message: 'one, "two"\nthree', timestamp: '2024-05-01T00:00:00.123456Z' },
  { level: 40, message: 'oh no', timestamp: '2024-05-01T00:00:01Z' },
];

export const logs: Chapter = {
  name: 'logs',
  steps: [
    {
      rest: 'POST /logs/',
      graphql: 'createLogs',
      call: (found) => {
        const [run, task] = [need(found, 'run'), need(found, 'load')];
        return {
          body: LINES.map((line) => ({
            name: 'flow',
            ...line,
            flow_run_id: run,
            task_run_id: task,
          })),
          input: {
            logs: LINES.map((line) => ({ name: 'flow', ...line, flowRunId: run, taskRunId: task })),
          },
        };
      },
    },
    {
      rest: 'POST /logs/filter',
      graphql: 'logs',
      call: (found) => {
        const id = need(found, 'run');
        return {
          body: {
            logs: { flow_run_id: { any_: [id] }, level: { ge_: 10 } },
            sort: 'TIMESTAMP_ASC',
          },
          args: {
            filter: { flowRunId: { in: [id] }, level: { gte: 10 } },
            orderBy: { field: 'TIMESTAMP', direction: 'ASC' },
            first: 10,
          },
          select: `nodes { ${LOG.selection} }`,
        };
      },
      compare: many(LOG),
    },
    {
      rest: 'GET /flow_runs/{id}/logs/download',
      graphql: 'flowRun',
      throughRest: async (door) =>
        (await door.rest('GET', `/flow_runs/${need(door.found, 'run')}/logs/download`, undefined))
          .text,
      throughGraphql: async (door) => {
        const flowRun = await askField(door, 'flowRun', {
          args: { id: need(door.found, 'run') },
          select: 'logsDownloadUrl',
        });
        const address = String(at(flowRun, 'logsDownloadUrl')).replace(/^.*\/api/, '');
        return (await door.rest('GET', address, undefined)).text;
      },
    },
  ],
};
