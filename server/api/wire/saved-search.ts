import type { SavedSearchRow } from '#prisma/tables.ts';
import { formatInstant } from '#server/time.ts';

import { text } from './pydantic/scalar.ts';
import { anything, list, model, openModel } from './pydantic/shapes.ts';

const filter = openModel({
  object: text(),
  property: text(),
  type: text(),
  operation: text(),
  value: anything,
});

/** The body that keeps a search. */
export const newSavedSearch = model({ name: text(), filters: list(filter).default([]) });

export const savedSearchToWire = (savedSearch: SavedSearchRow) => ({
  id: savedSearch.id,
  created: formatInstant(savedSearch.created),
  updated: formatInstant(savedSearch.updated),
  name: savedSearch.name,
  filters: savedSearch.filters,
});
