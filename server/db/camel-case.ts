const names = new Map<string, string>();

/** The name by which the code knows a column: `state_type` is `stateType`. Kept, as there are few and many rows. */
export const camelCase = (column: string): string => {
  const known = names.get(column);
  if (known !== undefined) return known;
  const name = column.replaceAll(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  names.set(column, name);
  return name;
};
