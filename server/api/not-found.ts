import { isServerError } from '#server/errors.ts';

import { type Reply, RefusedRequest, exceptional, refuseRequest } from './reply.ts';

const withReply = async <T>(work: Promise<T>, refuse: () => RefusedRequest): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    throw isServerError(error, 'NOT_FOUND') ? refuse() : error;
  }
};

/** Replaces what a command says of a missing thing by the words of Prefect's route. */
export const orDetail = <T>(work: Promise<T>, detail: string): Promise<T> =>
  withReply(work, () => refuseRequest(404, detail));

/** The same for the routes where Prefect's server answers a missing thing by its handler of errors. */
export const orException = <T>(work: Promise<T>, message: string): Promise<T> =>
  withReply(work, () => new RefusedRequest(notFoundException(message)));

export const notFoundException = (message: string): Reply => exceptional(404, message);
