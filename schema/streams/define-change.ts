import type { FieldMap } from '@pothos/core';

import { builder } from '../builder.ts';
import { ChangeKind } from '../shared/enums.ts';
import type { EntityChange } from './entity-changes.ts';

type Types = typeof builder.$inferSchemaTypes;
type Fields = PothosSchemaTypes.ObjectFieldBuilder<Types, EntityChange>;

/** Makes the message type of a stream that follows one kind of entity. `thing` completes "News of …". */
export const defineChange = (name: string, thing: string, entity: (t: Fields) => FieldMap) =>
  builder.objectRef<EntityChange>(name).implement({
    description: `News of ${thing}. The last state always arrives; ones between may be told as one.`,
    fields: (t) => ({
      kind: t.expose('kind', { type: ChangeKind, description: 'What happened.' }),
      id: t.exposeID('id', { description: 'The id of what it happened to.' }),
      coalesced: t.exposeInt('coalesced', {
        description: 'How many earlier changes this message stands for as well.',
      }),
      changedFields: t.stringList({
        description:
          'Its fields that differ from the message before, so none in the first one. What it shows of other things, such as the slots held of a limit, is not among them.',
        resolve: ({ changedFields }) => [...(changedFields ?? [])],
      }),
      ...entity(t),
    }),
  });
