/** What to take out of an output, in this order. */
export type Blanks = readonly (readonly [what: string | RegExp, name: string])[];

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu;

/** Some commands print a set in the order of its hashes. */
const inOrder = (line: string): string =>
  line.startsWith('Available block types: ') ? line.split(/: |, /u).toSorted().join(' ') : line;

/**
 * What a command printed, without what two servers cannot share: addresses, ids, times, durations, generated names, and
 * the shape of tables, whose columns are as wide as their contents.
 */
export const plainLines = (output: string, blanks: Blanks): readonly string[] => {
  let plain = output;
  for (const [what, name] of blanks) plain = plain.replaceAll(what, name);
  return plain
    .replaceAll(UUID, '<id>')
    .replaceAll(/\b[0-9a-f]{32}\b/gu, '<hash>')
    .replaceAll(
      /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| ?[+-]\d\d:?\d\d| UTC)?/gu,
      '<time>',
    )
    .replaceAll(/DateTime\([^)]*\)+|datetime\.datetime\([^)]*\)+/gu, '<time>')
    .replaceAll(/datetime\.timedelta\([^)]*\)/gu, '<duration>')
    .replaceAll(/\b\d\d:\d\d:\d\d(\.\d+)?\b/gu, '<time>')
    .replaceAll(/(_run_time|_time_delta)"?: [\d.e-]+/gu, '$1": <duration>')
    .replaceAll(
      /\b(now|(\d+|a few|an?) (micro|milli)?(second|minute|hour)s? (ago|from now))/gu,
      '<ago>',
    )
    .replaceAll(/(["'│ ])(?!cli-|story-|no-)[a-z]+-[a-z]+(?=["'│ ])/gu, '$1<name>')
    .replaceAll(/[\u2500-\u257f]+/gu, ' ')
    .split('\n')
    .map((line) => line.replaceAll(/\s+/gu, ' ').trim())
    .map(inOrder)
    .filter((line) => line !== '');
};

// The command line shows the first line or the first sentence of some.
const beginnings = (text: string): readonly string[] => {
  const [line = ''] = text.split('\n', 1);
  const [sentence = ''] = text.split('.', 1);
  return [text, line, sentence, line.split('.', 1)[0] ?? ''];
};

const textsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (typeof item !== 'string') return textsIn(item);
    if (key === 'description') return beginnings(item);
    return key === 'code_example' || key === 'logo_url' ? [item] : [];
  });
};

/** Stands for the text of a link among the words of a text. */
const LINK_TEXT = '\u0001';

/** A text in any of the ways it is printed: broken into lines, in cells of a table, quoted for YAML or JSON. */
const asPrinted = (text: string): RegExp => {
  // What stands in square brackets is often taken for a style and not printed.
  const words = text
    .replaceAll(/\[[^\]]*\](?=\()/gu, ` ${LINK_TEXT} `)
    .split(/\s+|\\n/u)
    .filter((word) => word !== '');
  const patterns = words.map((word) =>
    word === LINK_TEXT
      ? String.raw`(?:\[[^\]]*\])?`
      : RegExp.escape(word)
          .replaceAll(/'|\\x27/gu, "''?")
          .replaceAll(/"|\\x22/gu, String.raw`\\?"`),
  );
  return new RegExp(`['"]?${patterns.join(String.raw`(?:[\s│┃]|\\n)*`)}(?:\\s|\\\\n)*['"]?`, 'gu');
};

const ask = async (url: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${url}/api${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  return response.json();
};

/** The texts of a server's catalogue of blocks and workers: each server has words of its own. */
export const catalogueTexts = async (url: string): Promise<Blanks> => {
  const answers = await Promise.all([
    ask(url, '/block_types/filter', {}),
    ask(url, '/block_schemas/filter', {}),
    ask(url, '/collections/views/aggregate-worker-metadata'),
  ]);
  return [...new Set(textsIn(answers))]
    .filter((text) => text.length > 5)
    .toSorted((one, other) => other.length - one.length)
    .map((text) => [asPrinted(text), '<text>'] as const);
};
