import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// A terminal sends Ctrl-C to npm and to the server alike, and npm hands it on: the same wish arrives twice.
const SAME_WISH_MILLIS = 1000;

/** Waits for the first signal to stop. Whoever repeats it later has lost patience: the process ends at once. */
export const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let wishedAt: number | undefined;
    const handle = (signal: (typeof SIGNALS)[number]): void => {
      const now = performance.now();
      if (wishedAt !== undefined && now - wishedAt > SAME_WISH_MILLIS) {
        process.exit(128 + constants.signals[signal]);
      }
      wishedAt ??= now;
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, handle);
  });
