import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a folder and those above it that are missing; throws the error of the system where one cannot be made. */
export const makeFolder = (path: string): void => {
  // Not `recursive`: where the system says that a folder is not there and cannot be made, as under /proc, Node tries for ever.
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path);
};
