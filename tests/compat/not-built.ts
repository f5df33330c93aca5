/**
 * Addresses of Prefect's REST interface that this server does not have yet. They must answer like
 * any unknown address, 404 `{"detail":"Not Found"}`, whatever the method: never a pretended success.
 */
export const NOT_BUILT: readonly string[] = [];

/** Turns a path with `{names}` into a test for paths; a slash at the end counts for nothing. */
const patternOf = (template: string): RegExp => {
  const source = template
    .replace(/\/$/u, '')
    .replaceAll('.', '\\.')
    .replaceAll(/\{[^}]+\}/gu, '[^/]+');
  return new RegExp(`^${source}/?$`, 'u');
};

const PATTERNS = NOT_BUILT.map((template) => ({ template, pattern: patternOf(template) }));

/** The template that a path falls under, or null when the path is one that is built. */
export const notBuiltTemplate = (path: string): string | null => {
  const [plain = ''] = path.split('?');
  return PATTERNS.find(({ pattern }) => pattern.test(plain))?.template ?? null;
};
