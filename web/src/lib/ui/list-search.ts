import type { OrderDirection } from '@prefect-server/client-gen/web';

/** What a simple list is asked to show; all of it lives in the address. */
export type ListSearch = {
  readonly text: string;
  readonly tags: readonly string[];
  /** Further parameters that narrow the list, by name. */
  readonly filters: Readonly<Record<string, string>>;
  readonly field: string;
  readonly direction: OrderDirection;
  readonly after: string | null;
  readonly before: string | null;
};

type Params = Pick<URLSearchParams, 'get' | 'getAll'>;

type ListTerms = {
  /** Written like `NAME.ASC`. */
  readonly defaultSort: string;
  /** The names of parameters that narrow the list. */
  readonly filters: readonly string[];
};

const chosenFilters = (params: Params, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );

/** Reads the address. */
export const parseListSearch = (
  params: Params,
  { defaultSort, filters }: ListTerms,
): ListSearch => {
  const [field = '', direction] = (params.get('sort') ?? defaultSort).split('.');
  return {
    text: params.get('q') ?? '',
    tags: params.getAll('tag'),
    filters: chosenFilters(params, filters),
    field,
    direction: direction === 'ASC' ? 'ASC' : 'DESC',
    after: params.get('after'),
    before: params.get('before'),
  };
};

export const formatListSearch = (search: ListSearch): string => {
  const params = new URLSearchParams();
  if (search.text !== '') params.set('q', search.text);
  for (const tag of search.tags) params.append('tag', tag);
  for (const [name, value] of Object.entries(search.filters)) params.set(name, value);
  params.set('sort', `${search.field}.${search.direction}`);
  if (search.after !== null) params.set('after', search.after);
  if (search.before !== null) params.set('before', search.before);
  return `?${params}`;
};

/** The same list sorted by a column; a second click turns it round. */
export const sortBy = (search: ListSearch, field: string): Partial<ListSearch> => ({
  field,
  direction: search.field === field && search.direction === 'ASC' ? 'DESC' : 'ASC',
});

export const directionOf = (search: ListSearch, field: string): 'ASC' | 'DESC' | null =>
  search.field === field ? (search.direction ?? 'DESC') : null;

/** The paging variables of a connection. */
export const pageVariables = ({ after, before }: ListSearch, size: number) =>
  before === null ? { first: size, after } : { last: size, before };
