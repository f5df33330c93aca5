interface Mark {
  readonly letters: string;
  readonly colour: string;
}

/** What stands for a product: two or three letters on a ground of their own. */
const MARKS: Readonly<Record<string, Mark>> = {
  aws: { letters: 'aws', colour: '#c2570c' },
  azure: { letters: 'Az', colour: '#0369a1' },
  bitbucket: { letters: 'Bb', colour: '#1d4ed8' },
  databricks: { letters: 'Db', colour: '#b91c1c' },
  dbt: { letters: 'dbt', colour: '#c2410c' },
  discord: { letters: 'Di', colour: '#4f46e5' },
  docker: { letters: 'Do', colour: '#0284c7' },
  email: { letters: '@', colour: '#475569' },
  filesystem: { letters: '/', colour: '#57534e' },
  github: { letters: 'Gh', colour: '#18181b' },
  gitlab: { letters: 'Gl', colour: '#9a3412' },
  'google-cloud': { letters: 'GC', colour: '#15803d' },
  kubernetes: { letters: 'K8s', colour: '#2563eb' },
  mattermost: { letters: 'Mm', colour: '#1e40af' },
  'microsoft-teams': { letters: 'Te', colour: '#5b21b6' },
  minio: { letters: 'Mi', colour: '#be123c' },
  opsgenie: { letters: 'Og', colour: '#1d4ed8' },
  pagerduty: { letters: 'Pd', colour: '#166534' },
  process: { letters: '&gt;_', colour: '#334155' },
  secret: { letters: '***', colour: '#7c2d12' },
  slack: { letters: 'Sl', colour: '#701a75' },
  smb: { letters: 'smb', colour: '#0f766e' },
  snowflake: { letters: 'Sf', colour: '#0e7490' },
  sqlalchemy: { letters: 'SQL', colour: '#991b1b' },
  terminal: { letters: '$_', colour: '#334155' },
  twilio: { letters: 'Tw', colour: '#be123c' },
  webhook: { letters: '{}', colour: '#6d28d9' },
};

/** The path under which the server shows its own logos. */
export const LOGO_PATH = '/logos';

/** The path of a logo, as it is stored with a block type. */
export const logoPath = (name: string): string => `${LOGO_PATH}/${name}.svg`;

/** The names of all logos. */
export const LOGO_NAMES: readonly string[] = Object.keys(MARKS);

/** The address under which a caller finds a stored logo: one of this server's own stands under the given base. */
export const logoAddress = (stored: string | null, base: string): string | null =>
  stored?.startsWith(`${LOGO_PATH}/`) === true ? `${base}${stored}` : stored;

const fontSize = (letters: string): number => [30, 30, 26, 19][letters.length] ?? 19;

/** Draws the logo of a name as SVG; null when there is none of that name. */
export const drawLogo = (name: string): string | null => {
  const mark = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined;
  if (mark === undefined) return null;
  const { letters, colour } = mark;
  const size = fontSize(letters.replaceAll(/&\w+;/g, '.'));
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">',
    `<rect width="64" height="64" rx="12" fill="${colour}"/>`,
    `<text x="32" y="33" fill="#fff" font-family="ui-sans-serif,system-ui,sans-serif" font-size="${size}"`,
    ` font-weight="600" text-anchor="middle" dominant-baseline="central">${letters}</text>`,
    '</svg>',
  ].join('');
};
