import { z } from 'zod';

import type { LogRow } from '#prisma/tables.ts';
import type { LogLine } from '#server/db/sql/insert-logs.ts';
import { isJsonObject } from '#server/json.ts';
import { logId } from '#server/queries/log/log-id.ts';
import { formatInstant, parseInstant } from '#server/time.ts';

import { optional } from './filters/criteria.ts';
import { datetime } from './pydantic/datetime.ts';
import { toErrorItems } from './pydantic/error-items.ts';
import { integer } from './pydantic/number.ts';
import {
  Refusal,
  type RefusalReason,
  type Schema,
  describedAs,
  refuse,
  schemaOf,
} from './pydantic/refusal.ts';
import { choice, text, uuid } from './pydantic/scalar.ts';
import { list, model } from './pydantic/shapes.ts';

export const logSort = choice(['TIMESTAMP_ASC', 'TIMESTAMP_DESC']).default('TIMESTAMP_ASC');

const NUL = '\u0000';
const FIELDS: ReadonlySet<string> = new Set([
  'name',
  'level',
  'message',
  'timestamp',
  'flow_run_id',
  'task_run_id',
]);
const STORED_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const newLog = model({
  name: text(),
  level: integer(),
  message: text(),
  timestamp: datetime,
  flow_run_id: optional(uuid),
  task_run_id: optional(uuid),
});

/** PostgreSQL cannot store a NUL, and nobody misses it in a log. */
const withoutNul = (value: string): string =>
  value.includes(NUL) ? value.replaceAll(NUL, '') : value;

const isId = (value: unknown): value is string | null | undefined =>
  value === null || value === undefined || (typeof value === 'string' && STORED_ID.test(value));

/** Reads a line as clients of today write it; null for anything else, which the schema then reads or refuses. */
const readPlainLine = (value: unknown): LogLine | null => {
  if (!isJsonObject(value)) return null;
  const { name, level, message, timestamp, flow_run_id: flowRunId, task_run_id: taskRunId } = value;
  if (typeof name !== 'string' || typeof message !== 'string') return null;
  if (typeof level !== 'number' || !Number.isInteger(level)) return null;
  const instant = typeof timestamp === 'string' ? parseInstant(timestamp) : null;
  if (instant === null || !isId(flowRunId) || !isId(taskRunId)) return null;
  for (const key in value) if (!FIELDS.has(key)) return null;
  return {
    name,
    level,
    message: withoutNul(message),
    timestamp: instant,
    flowRunId: flowRunId ?? null,
    taskRunId: taskRunId ?? null,
  };
};

const readAnyLine = (value: unknown): LogLine | z.ZodError => {
  const result = newLog.safeParse(value);
  if (!result.success) return result.error;
  const { name, level, message, timestamp, flow_run_id, task_run_id } = result.data;
  return {
    name,
    level,
    message: withoutNul(message),
    timestamp,
    flowRunId: flow_run_id ?? null,
    taskRunId: task_run_id ?? null,
  };
};

const reasonsFor = (error: z.ZodError, line: unknown, index: number): readonly RefusalReason[] =>
  toErrorItems(error, { root: line, loc: [index] });

/** Lines are checked by hand, because a schema for each costs three times as much. */
const readLines = (value: unknown): readonly LogLine[] | Refusal => {
  if (typeof value === 'string') {
    return refuse('sequence_str', "'str' instances are not allowed as a Sequence value", {
      type_name: 'str',
    });
  }
  if (!Array.isArray(value)) {
    return new Refusal([
      {
        type: 'is_instance_of',
        msg: 'Input should be an instance of Sequence',
        ctx: { class: 'Sequence' },
      },
    ]);
  }
  const lines: LogLine[] = [];
  const reasons: RefusalReason[] = [];
  for (const [index, given] of value.entries()) {
    const line = readPlainLine(given) ?? readAnyLine(given);
    if (line instanceof z.ZodError) reasons.push(...reasonsFor(line, given, index));
    else lines.push(line);
  }
  return reasons.length === 0 ? lines : new Refusal(reasons);
};

/** A list of log lines, as clients send them in a body. */
export const newLogs: Schema<readonly LogLine[]> = describedAs(schemaOf(readLines), () =>
  list(newLog),
);

export const logToWire = (log: LogRow) => ({
  id: logId(log.created, log.seq),
  created: formatInstant(log.created),
  updated: formatInstant(log.created),
  name: log.name,
  level: log.level,
  message: log.message,
  timestamp: formatInstant(log.timestamp),
  flow_run_id: log.flowRunId,
  task_run_id: log.taskRunId,
});

/** A line as the stream has it, which does not know when it was stored. */
export const logToStream = (log: LogRow) => ({ ...logToWire(log), created: null, updated: null });
