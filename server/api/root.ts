import { z } from 'zod';

import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { ping } from '#server/db/sql/ping.ts';
import { isServerError } from '#server/errors.ts';
import { readServiceProgress } from '#server/queries/service/read-service-progress.ts';

import { serviceAnswer } from './answers/service.ts';
import { type Reply, answer, exceptional } from './reply.ts';
import { type Route, route } from './route.ts';

/** The version of Prefect's interface, as opposed to that of the package. */
export const API_VERSION = '0.8.4';

/** Prefect's own tools find the process by it when they test; nobody else is told. */
const pidRoutes = ({ settings }: Context): readonly Route[] =>
  settings.testMode
    ? [route({ method: 'GET', path: '/pid', handle: () => answer({ pid: process.pid }) })]
    : [];

/**
 * Ready is who has a database that answers and services that go on. Prefect says no more than the message; what the
 * services do comes beside it.
 */
const tellReadiness = async (ctx: Context): Promise<Reply> => {
  try {
    await ctx.db.read(() => one(ping()));
    const services = await readServiceProgress(ctx);
    // What another process leads is its own affair: when it is silent, this one takes over.
    const stopped = services.filter(({ isStalled, isHere }) => isStalled && isHere);
    const message =
      stopped.length === 0
        ? 'OK'
        : `Services have stopped: ${stopped.map(({ name }) => name).join(', ')}`;
    const told = services.length === 0 ? {} : { services: services.map(serviceAnswer) };
    return answer({ message, ...told }, stopped.length === 0 ? 200 : 503);
  } catch (error) {
    if (!isServerError(error)) ctx.log.warn({ err: error }, 'The database does not answer.');
    return exceptional(503, 'Database is not available');
  }
};

/** What tells whether the server is there at all. */
export const rootRoutes = (ctx: Context): readonly Route[] => [
  route({
    method: 'GET',
    path: '/health',
    answers: z.boolean(),
    allowsAnyVersion: true,
    handle: () => answer(true),
  }),
  route({
    method: 'GET',
    path: '/version',
    answers: z.string(),
    allowsAnyVersion: true,
    handle: () => answer(API_VERSION),
  }),
  ...pidRoutes(ctx),
  route({ method: 'GET', path: '/hello', answers: z.string(), handle: () => answer('👋') }),
  route({ method: 'GET', path: '/ready', handle: () => tellReadiness(ctx) }),
];
