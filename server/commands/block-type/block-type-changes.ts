/** What is absent stays as it is. */
export interface BlockTypeChanges {
  readonly logoUrl?: string | null | undefined;
  readonly documentationUrl?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly codeExample?: string | null | undefined;
}
