import { type Chapter, at } from '../step.ts';
import { value } from '../view.ts';

export const server: Chapter = {
  name: 'the server',
  steps: [
    {
      rest: 'GET /health',
      graphql: 'server',
      call: () => ({ select: 'healthy' }),
      compare: value('healthy'),
    },
    {
      rest: 'GET /hello',
      graphql: 'server',
      call: () => ({ select: 'healthy' }),
      // The wave of a hand, which only somebody who is there can make.
      compare: { rest: (answer) => answer === '👋', graphql: (answer) => at(answer, 'healthy') },
    },
    {
      rest: 'GET /ready',
      graphql: 'server',
      call: () => ({ select: 'ready' }),
      compare: {
        rest: (answer) => at(answer, 'message') === 'OK',
        graphql: (answer) => at(answer, 'ready'),
      },
    },
    {
      rest: 'GET /version',
      graphql: 'server',
      call: () => ({ select: 'apiVersion' }),
      compare: value('apiVersion'),
    },
    {
      rest: 'GET /admin/version',
      graphql: 'server',
      call: () => ({ select: 'version' }),
      compare: value('version'),
    },
    {
      rest: 'GET /admin/settings',
      graphql: 'server',
      call: () => ({ select: 'settings' }),
      compare: {
        // Each server has a folder of its own.
        rest: (answer) => ({
          ...(answer as object),
          home: null,
          server: Object.keys(Object(at(answer, 'server'))),
        }),
        graphql: (answer) => ({
          ...(at(answer, 'settings') as object),
          home: null,
          server: Object.keys(Object(at(answer, 'settings.server'))),
        }),
      },
    },
  ],
};
