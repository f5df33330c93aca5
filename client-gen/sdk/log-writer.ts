import type { Client } from './client.ts';
import { CreateLogsDocument, type LogInput } from './generated/graphql.ts';

const PAUSE_MILLIS = 200;
const MAX_LINES = 500;

export const LOG_LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const;

export type LogLevel = keyof typeof LOG_LEVELS;

export interface LogWriter {
  readonly write: (message: string, level?: LogLevel) => void;
  /** Resolves when all that was written has been sent, or could not be. */
  readonly flush: () => Promise<void>;
}

interface Written {
  readonly flowRunId: string;
  readonly name: string;
  readonly onError: (error: unknown) => void;
}

/** Log lines of a flow run, sent together a few times a second. */
export const createLogWriter = (
  client: Client,
  { flowRunId, name, onError }: Written,
): LogWriter => {
  let lines: LogInput[] = [];
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  const send = async (logs: LogInput[]): Promise<void> => {
    try {
      await client.mutate(CreateLogsDocument, { input: { logs } });
    } catch (error) {
      onError(error);
    }
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const logs = lines;
    lines = [];
    if (logs.length > 0) sending = sending.then(() => send(logs));
    return sending;
  };

  return {
    write: (message, level = 'INFO') => {
      const timestamp = new Date().toISOString();
      lines.push({ flowRunId, level: LOG_LEVELS[level], message, name, timestamp });
      if (lines.length >= MAX_LINES) void flush();
      else timer ??= setTimeout(() => void flush(), PAUSE_MILLIS);
    },
    flush,
  };
};
