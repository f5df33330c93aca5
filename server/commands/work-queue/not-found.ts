import { ServerError } from '#server/errors.ts';

export const workPoolNotFound = (name: string): ServerError =>
  new ServerError('NOT_FOUND', `Work pool "${name}" not found.`, {
    details: { kind: 'WorkPool', key: name },
  });

export const workPoolQueueNotFound = (workPoolName: string, name: string): ServerError =>
  new ServerError('NOT_FOUND', `Work pool queue '${workPoolName}/${name}' not found.`, {
    details: { kind: 'WorkQueue', key: `${workPoolName}/${name}` },
  });

export const workQueueNotFound = (id: string): ServerError =>
  new ServerError('NOT_FOUND', 'work queue not found', {
    details: { kind: 'WorkQueue', key: id },
  });
