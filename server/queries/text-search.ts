/** What a text search asks for: any of the included terms, all of the required and none of the excluded ones. */
export interface TextSearch {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly required: readonly string[];
}

interface Scanned {
  readonly term: string;
  readonly end: number;
}

// Python's idea of a blank, which Prefect splits by: the separators 0x1c to 0x1f and 0x85 count, U+FEFF does not.
const SEPARATORS: ReadonlySet<string> = new Set(['\u001C', '\u001D', '\u001E', '\u001F', '\u0085']);
const isBlank = (letter: string): boolean =>
  SEPARATORS.has(letter) || (letter !== '\u{FEFF}' && /\s/u.test(letter));

const scanPhrase = (query: string, start: number): Scanned => {
  let term = '';
  let at = start;
  while (at < query.length && query[at] !== '"') {
    const next = query[at + 1];
    const isEscape = query[at] === '\\' && (next === '"' || next === '\\');
    term += isEscape ? next : query[at];
    at += isEscape ? 2 : 1;
  }
  return { term, end: at + 1 };
};

const scanWord = (query: string, start: number): Scanned => {
  let end = start;
  while (end < query.length && query[end] !== '"' && !isBlank(query[end] ?? '')) end += 1;
  return { term: query.slice(start, end), end };
};

const KIND_BY_SIGN: Readonly<Record<string, keyof TextSearch>> = {
  '-': 'exclude',
  '!': 'exclude',
  '+': 'required',
};

const quoted = (term: string): string => `"${term.replaceAll(/["\\]/gu, String.raw`\$&`)}"`;

/** A search text as several, each of one kind of terms, which hold together where the whole text does. */
export const partsOfTextSearch = (query: string): readonly string[] => {
  const { include, exclude, required } = parseTextSearch(query);
  const parts = [
    include.map(quoted),
    exclude.map((term) => `-${quoted(term)}`),
    required.map((term) => `+${quoted(term)}`),
  ].filter((terms) => terms.length > 0);
  return parts.length === 1 ? [query] : parts.map((terms) => terms.join(' '));
};

/** Reads a search text: words and "quoted phrases", `+` before required and `-` or `!` before unwanted ones. */
export const parseTextSearch = (query: string): TextSearch => {
  const found = { include: [] as string[], exclude: [] as string[], required: [] as string[] };
  let at = 0;
  while (at < query.length) {
    const letter = query[at] ?? '';
    if (isBlank(letter)) {
      at += 1;
      continue;
    }
    const kind = KIND_BY_SIGN[letter];
    const start = kind === undefined ? at : at + 1;
    const { term, end } =
      query[start] === '"' ? scanPhrase(query, start + 1) : scanWord(query, start);
    // A phrase of blanks alone says nothing; blanks beside a word of a phrase belong to it.
    if (!Array.from(term).every(isBlank)) found[kind ?? 'include'].push(term);
    at = Math.max(end, at + 1);
  }
  return found;
};
