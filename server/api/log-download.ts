import type { LogRow } from '#prisma/tables.ts';
import type { Context } from '#server/context.ts';
import { rows } from '#server/db/script.ts';
import { readLogsAfter } from '#server/db/sql/read-log-page.ts';
import { readFlowRun } from '#server/queries/flow-run/read-flow-run.ts';
import { type Micros, formatInstant, micros } from '#server/time.ts';

import { refusal } from './reply.ts';
import { type Route, route } from './route.ts';

const PAGE_SIZE = 1000;
const HEADER = 'timestamp,level,flow_run_id,task_run_id,message\r\n';
/** Before the first line there is. */
const BEGINNING = { timestamp: micros(Number.MIN_SAFE_INTEGER), seq: 0 };

/** A date as Python prints it, which is what the file has had all along. */
const pythonDate = (instant: Micros): string =>
  formatInstant(instant).replace('T', ' ').replace('Z', '+00:00');

const cell = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

const toRow = (log: LogRow): string =>
  [
    pythonDate(log.timestamp),
    String(log.level),
    log.flowRunId ?? '',
    log.taskRunId ?? '',
    cell(log.message),
  ].join(',');

async function* csvOf(ctx: Context, flowRunId: string): AsyncGenerator<string> {
  yield HEADER;
  let last: Pick<LogRow, 'timestamp' | 'seq'> | undefined = BEGINNING;
  while (last !== undefined) {
    const { timestamp, seq }: Pick<LogRow, 'timestamp' | 'seq'> = last;
    // oxlint-disable-next-line no-await-in-loop -- a page starts where the one before it ended
    const page: readonly LogRow[] = await ctx.db.read(() =>
      rows(readLogsAfter(flowRunId, timestamp, seq, PAGE_SIZE)),
    );
    if (page.length > 0) yield `${page.map(toRow).join('\r\n')}\r\n`;
    last = page.length === PAGE_SIZE ? page.at(-1) : undefined;
  }
}

/** The characters that `encodeURIComponent` leaves, though a header's value may not have them. */
const encodeName = (name: string): string =>
  encodeURIComponent(name).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The log of a flow run as a file. */
export const logDownloadRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/flow_runs/{id:uuid}/logs/download',
    handle: async ({ param }) => {
      const run = await readFlowRun(ctx, param('id'));
      if (run === null) return refusal(404, 'Flow run not found');
      const name = encodeName(`${run.name}-logs.csv`);
      return {
        status: 200,
        body: csvOf(ctx, run.id),
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="flow-run-logs.csv"; filename*=UTF-8''${name}`,
        },
      };
    },
  }),
];
