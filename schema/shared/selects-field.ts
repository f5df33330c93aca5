import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

const selects = (
  info: GraphQLResolveInfo,
  set: SelectionSetNode | undefined,
  names: ReadonlySet<string>,
): boolean =>
  (set?.selections ?? []).some((selection) => {
    switch (selection.kind) {
      case Kind.FIELD:
        return names.has(selection.name.value);
      case Kind.INLINE_FRAGMENT:
        return selects(info, selection.selectionSet, names);
      case Kind.FRAGMENT_SPREAD:
        return selects(info, info.fragments[selection.name.value]?.selectionSet, names);
    }
  });

/** Whether the operation asks for one of these fields of the object that is being resolved. */
export const selectsField = (info: GraphQLResolveInfo, names: readonly string[]): boolean => {
  const wanted = new Set(names);
  return info.fieldNodes.some((node) => selects(info, node.selectionSet, wanted));
};
