interface Combined<Filter> {
  readonly and?: readonly Filter[];
}

/** A filter as a list of filters of one criterion each, which all hold; those in `or` and `not` remain as they are. */
export const conjunctsOf = <Filter extends Combined<Filter>>(filter: Filter): readonly Filter[] => {
  const { and = [], ...own } = filter;
  const single = Object.entries(own)
    .filter(([, criterion]) => criterion !== undefined)
    // Every criterion of a filter may stand alone in one, as all of them are optional.
    .map(([name, criterion]) => ({ [name]: criterion }) as unknown as Filter);
  return [...single, ...and.flatMap((part) => conjunctsOf(part))];
};
