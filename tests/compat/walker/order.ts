import type { Json, JsonObject } from '#tests/support/replay/lossless-json.ts';
import { isJsonObject, parseJson } from '#tests/support/replay/lossless-json.ts';

/** A list of an answer, and how it was asked for. */
export interface Page {
  readonly items: readonly Json[];
  /** A word like `NAME_ASC`; null when the order is nobody's business. */
  readonly sort: string | null;
  /** Whether there may be more than these. */
  readonly isCut: boolean;
}

/** Runs that have not started yet are sorted by when they are expected to. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  START_TIME: ['start_time', 'expected_start_time'],
};

const GENERATED_NAME = /^[a-z]+-[a-z]+$/u;
const isGenerated = (key: Json): boolean => typeof key === 'string' && GENERATED_NAME.test(key);

const UNSORTED = /^ID$|BLOCK_TYPE_AND_NAME/u;

const sortKey = (item: Json, word: string): Json => {
  if (!isJsonObject(item)) return null;
  const names = KEYS[word] ?? [word.toLowerCase()];
  for (const name of names) {
    const value = item[name];
    if (value !== null && value !== undefined) return value;
  }
  return null;
};

/**
 * The items of a sorted list in groups of those that stand side by side with the same key, whose order is left to
 * chance. Null when the list has no order that could be compared.
 */
export const groupsOf = ({ items, sort }: Page): readonly (readonly Json[])[] | null => {
  const word = /^(.+)_(?:ASC|DESC)$/u.exec(sort ?? '')?.[1];
  if (word === undefined || UNSORTED.test(word)) return null;
  if (items.some((item) => isGenerated(sortKey(item, word)))) return null;
  const groups: Json[][] = [];
  let last: Json | undefined;
  for (const item of items) {
    const key = sortKey(item, word);
    if (groups.length > 0 && key === last) groups.at(-1)?.push(item);
    else groups.push([item]);
    last = key;
  }
  return groups;
};

/** How the page of a request's answer was asked for; null when the answer is no list. */
export const pageOf = (
  request: { readonly body: string | null; readonly sort?: string | null },
  answer: Json | undefined,
): Page | null => {
  const items = isJsonObject(answer) ? answer['results'] : answer;
  if (!Array.isArray(items)) return null;
  const asked = bodyOf(request.body);
  const sort = asked['sort'] ?? request.sort;
  const { limit = null, offset = null, page = null } = asked;
  const isWhole = Number(offset ?? 0) === 0 && Number(page ?? 1) <= 1;
  return {
    items,
    sort: typeof sort === 'string' ? sort : null,
    isCut: !isWhole || items.length >= Number(limit ?? 200),
  };
};

const bodyOf = (body: string | null): JsonObject => {
  const parsed = body === null ? {} : parseJson(body);
  return isJsonObject(parsed) ? parsed : {};
};
