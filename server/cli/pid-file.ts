import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeFolder } from '../make-folder.ts';
import { pathFailure } from './failure.ts';

const pidPath = (home: string): string => join(home, 'server.pid');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another account is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** After a restart of the machine the number may belong to somebody else; where the system tells, it is checked. */
const isServer = (pid: number): boolean => {
  const path = `/proc/${pid}/cmdline`;
  return !existsSync(path) || readFileSync(path, 'utf8').includes('server\0start');
};

/** The process id of the server that runs in the background, or null when there is none. */
export const readRunningPid = (home: string): number | null => {
  if (!existsSync(pidPath(home))) return null;
  const pid = Number(readFileSync(pidPath(home), 'utf8').trim());
  return Number.isSafeInteger(pid) && pid > 0 && isAlive(pid) && isServer(pid) ? pid : null;
};

/** Remembers the server that runs in the background. */
export const writePid = (home: string, pid: number): void => {
  try {
    makeFolder(home);
    writeFileSync(pidPath(home), String(pid));
  } catch (error) {
    throw pathFailure('Writing', {
      path: pidPath(home),
      error,
      cure: 'Give a folder that can be written to in PREFECT_HOME.',
    });
  }
};

/** Forgets the server that ran in the background. */
export const removePid = (home: string): void => rmSync(pidPath(home), { force: true });
