import { createServer } from 'node:net';

import { isServerError, toError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { CommandFailure } from './failure.ts';
import { readRunningPid } from './pid-file.ts';

const CURES: Readonly<Record<string, string>> = {
  EACCES: 'This account may not listen there: take a port above 1023 with --port.',
  EADDRNOTAVAIL: 'This machine has no such address: give another with --host.',
  ENOTFOUND: 'This machine has no such address: give another with --host.',
};

const takenCure = (settings: Settings): string =>
  readRunningPid(settings.home) === null
    ? 'Take another with --port, or stop the program that listens there.'
    : 'A server runs in the background: stop it with `prefect server stop`, or take another port with --port.';

/** Makes a failure to listen a sentence with its cure; anything else is given back as it is. */
export const listenFailure = (settings: Settings, thrown: unknown): unknown => {
  const error = toError(thrown);
  const code = 'code' in error ? String(error.code) : '';
  const { host, port } = settings.api;
  if (isServerError(error)) return error;
  if (code === 'EADDRINUSE') {
    return new CommandFailure(`Port ${port} of ${host} is taken. ${takenCure(settings)}`, {
      cause: error,
    });
  }
  const cure = CURES[code];
  return cure === undefined
    ? thrown
    : new CommandFailure(`The server cannot listen on ${host}:${port} (${code}). ${cure}`, {
        cause: error,
      });
};

/** Refuses an address that cannot be listened on, before anything else is opened. */
export const requireFreePort = (settings: Settings): Promise<void> =>
  new Promise((resolve, reject) => {
    const { host, port } = settings.api;
    const probe = createServer();
    probe.once('error', (error) => reject(toError(listenFailure(settings, error))));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
