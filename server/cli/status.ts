import { setTimeout as delay } from 'node:timers/promises';

import type { Settings } from '../settings.ts';
import { CommandFailure } from './failure.ts';
import { readHealth, readServerVersion } from './health.ts';

const POLL_MILLIS = 500;

export interface StatusOptions {
  readonly isWaiting: boolean;
  /** The longest wait in seconds; 0 is without end. */
  readonly timeoutSeconds: number;
  readonly isJson: boolean;
}

interface Status {
  readonly status: 'available' | 'unavailable' | 'timed_out';
  readonly api_url: string;
  readonly server_version?: string | null;
  readonly timeout?: number;
  readonly error?: string;
}

const readStatus = async (
  apiUrl: string,
  settings: Settings,
  options: StatusOptions,
): Promise<Status> => {
  const { isWaiting, timeoutSeconds } = options;
  const deadline = timeoutSeconds === 0 ? Infinity : performance.now() + timeoutSeconds * 1000;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
    const error = await readHealth(apiUrl, settings);
    if (error === null) return { status: 'available', api_url: apiUrl };
    if (!isWaiting) return { status: 'unavailable', api_url: apiUrl, error };
    const left = deadline - performance.now();
    if (left <= 0) return { status: 'timed_out', api_url: apiUrl, timeout: timeoutSeconds, error };
    // oxlint-disable-next-line no-await-in-loop -- each look follows the one before
    await delay(Math.min(POLL_MILLIS, left));
  }
};

const sentence = ({ status, api_url, server_version, timeout, error }: Status): string => {
  switch (status) {
    case 'available':
      return `The server at ${api_url} is available (version ${server_version ?? 'unknown'}).`;
    case 'unavailable':
      return `The server at ${api_url} is not available: ${error}`;
    case 'timed_out':
      return `The server at ${api_url} was not available within ${timeout} seconds: ${error}`;
  }
};

/** Tells whether the server that PREFECT_API_URL names can be used; false when it cannot. */
export const showStatus = async (settings: Settings, options: StatusOptions): Promise<boolean> => {
  const { apiUrl } = settings.client;
  if (apiUrl === null) {
    throw new CommandFailure(
      'No server is named: set PREFECT_API_URL to its address, such as http://127.0.0.1:4200/api.',
    );
  }
  const base = apiUrl.replace(/\/$/, '');
  const found = await readStatus(base, settings, options);
  const status: Status =
    found.status === 'available'
      ? { ...found, server_version: await readServerVersion(base, settings) }
      : found;
  console.log(options.isJson ? JSON.stringify(status, null, 2) : sentence(status));
  return status.status === 'available';
};
