import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

import type { Settings } from './settings.ts';

/** The server's log: structured fields first, then one sentence. */
export type Log = Logger;

const LEVELS = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const;

const STDERR = 2;

/** Sentences for a person at a terminal, JSON lines for everything that collects logs. */
const defaultStream = (): DestinationStream =>
  process.stderr.isTTY
    ? pretty({
        colorize: true,
        destination: STDERR,
        ignore: 'pid,hostname',
        sync: true,
        translateTime: 'SYS:HH:MM:ss.l',
      })
    : destination({ dest: STDERR, sync: true });

/** A log of the severity that the settings ask for, written to the standard error stream unless told otherwise. */
export const createLog = (settings: Settings, stream: DestinationStream = defaultStream()): Log =>
  pino(
    {
      base: null,
      level: LEVELS[settings.loggingLevel],
      formatters: { level: (label) => ({ level: label }) },
      timestamp: stdTimeFunctions.isoTime,
    },
    stream,
  );
