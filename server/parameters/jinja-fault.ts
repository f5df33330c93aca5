/** A template that is wrong, or that could not be rendered. */
export class JinjaFault extends Error {
  /** The line that it is in, from 1; 0 for what is wrong with the whole. */
  readonly line: number;

  constructor(message: string, { line = 0, ...options }: ErrorOptions & { line?: number } = {}) {
    super(message, options);
    this.line = line;
  }
}
