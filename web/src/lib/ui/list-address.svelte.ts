import { goto } from '$app/navigation';
import { page } from '$app/state';

import {
  directionOf,
  formatListSearch,
  type ListSearch,
  parseListSearch,
  sortBy,
} from '#lib/ui/list-search.ts';

type Options = {
  /** Written like `NAME.ASC`. */
  readonly defaultSort?: string;
  /** Names of further parameters of the address that narrow the list. */
  readonly filters?: readonly string[];
};

const NOTHING_CHOSEN = { text: '', tags: [], filters: {}, after: null, before: null } as const;

/** What a list page is asked to show, as it stands in the address of the page. */
export class ListAddress {
  readonly #options: Options;
  readonly search = $derived.by(() =>
    parseListSearch(page.url.searchParams, {
      defaultSort: this.#options.defaultSort ?? 'NAME.ASC',
      filters: this.#options.filters ?? [],
    }),
  );
  readonly isFiltered = $derived(
    this.search.text !== '' ||
      this.search.tags.length > 0 ||
      Object.keys(this.search.filters).length > 0,
  );

  constructor(options: Options = {}) {
    this.#options = options;
  }

  /** The address of the same list with a change, from its first page unless a cursor says otherwise. */
  readonly href = (part: Partial<ListSearch>): string =>
    formatListSearch({ ...this.search, after: null, before: null, ...part });

  readonly change = (part: Partial<ListSearch>): Promise<void> =>
    goto(this.href(part), { reset: false });

  /** Narrows the list by a further parameter; an empty value takes the narrowing back. */
  readonly setFilter = (name: string, value: string): Promise<void> => {
    const { [name]: _former, ...others } = this.search.filters;
    return this.change({ filters: value === '' ? others : { ...others, [name]: value } });
  };

  readonly clear = (): Promise<void> => this.change(NOTHING_CHOSEN);

  /** What a sortable header of a column needs. */
  readonly sorting = (field: string) => ({
    direction: directionOf(this.search, field),
    onSort: () => void this.change(sortBy(this.search, field)),
  });
}
