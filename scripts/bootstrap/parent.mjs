import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MILLIS = 500;

/**
 * Ends this process in order once the shell is gone that npm put between itself and it. npm hands a signal on to that
 * shell, which ends of it and tells nobody: the server would go on, and keep its port, with nobody left to stop it.
 */
export const endWithShellOfNpm = async () => {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  while (process.ppid === shell) await delay(LOOK_MILLIS, undefined, { ref: false });
  process.kill(process.pid, 'SIGTERM');
};
