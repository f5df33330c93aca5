export type Provider = 'sqlite' | 'postgresql';

/** The data model for one database: the committed file names SQLite, the other one differs in this word alone. */
export const schemaFor = (schema: string, provider: Provider): string =>
  schema.replace('provider = "sqlite"', `provider = "${provider}"`);
