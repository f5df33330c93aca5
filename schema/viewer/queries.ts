import type { Context } from '#server/context.ts';

import { builder } from '../builder.ts';

const Role = builder.enumType('Role', {
  description: 'What somebody is to the server. More may come.',
  values: { ADMIN: { description: 'May do everything.' } },
});

/** What an admin may do, in the words that narrower keys would be made of. */
const ALL_SCOPES = ['read', 'runs:write', 'deployments:write', 'secrets:read', 'admin'] as const;

/** Whoever knows the password is the one user that there is; without a password everybody is. */
const nameOf = ({ settings }: Context): string => settings.api.authString?.split(':', 1)[0] ?? '';

const Viewer = builder.objectRef<object>('Viewer').implement({
  description: 'Whoever asks.',
  fields: (t) => ({
    name: t.string({
      description: 'The name that came with the password; anonymous where none is asked for.',
      resolve: (_viewer, _args, { server }) => nameOf(server) || 'anonymous',
    }),
    roles: t.field({
      type: [Role],
      description: 'What they are.',
      resolve: () => ['ADMIN' as const],
    }),
    scopes: t.stringList({
      description: 'What they may do, such as read or runs:write.',
      resolve: () => [...ALL_SCOPES],
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({ type: Viewer, description: 'Whoever asks.', resolve: () => ({}) }),
);
