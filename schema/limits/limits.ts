/** How large an operation may be. */
export const LIMITS = {
  tokens: 2000,
  depth: 12,
  aliases: 30,
  directives: 20,
  complexity: 1000,
  /** Rows that all lists of the operation could give together. */
  nodes: 20_000,
} as const;

export type Limit = keyof typeof LIMITS;
