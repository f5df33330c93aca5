/** One thing that is wrong with a schedule's JSON, as Prefect's API words it. */
export interface ScheduleIssue {
  readonly type: string;
  /** The path to it, from the schedule on. */
  readonly loc: readonly string[];
  readonly msg: string;
  readonly input: unknown;
  /** What is wrong with a text that could not be read. */
  readonly problem?: string;
}

const TRUE_WORDS = new Set<unknown>([true, 1, '1', 'true', 't', 'yes', 'y', 'on']);
const FALSE_WORDS = new Set<unknown>([false, 0, '0', 'false', 'f', 'no', 'n', 'off']);

/** Reads the fields of one object and gathers what is wrong with them. */
export class Reader {
  readonly #input: unknown;
  readonly #fields: ReadonlyMap<string, unknown> | null;
  readonly #known: readonly string[];
  readonly #issues: ScheduleIssue[] = [];

  constructor(input: unknown, known: readonly string[]) {
    this.#input = input;
    this.#known = known;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    this.#fields = isObject ? new Map(Object.entries(input)) : null;
  }

  isObject(): boolean {
    return this.#fields !== null;
  }

  /** Whether nothing is wrong so far, unknown fields included. */
  isFine(): boolean {
    return this.issues().length === 0;
  }

  /** What is wrong, fields that are not known last. */
  issues(): readonly ScheduleIssue[] {
    const extra = [...(this.#fields ?? [])].filter(([name]) => !this.#known.includes(name));
    const msg = 'Extra inputs are not permitted';
    return [
      ...this.#issues,
      ...extra.map(([name, input]) => ({ type: 'extra_forbidden', loc: [name], msg, input })),
    ];
  }

  refuse(name: string, fault: Pick<ScheduleIssue, 'type' | 'msg' | 'problem'>): void {
    this.#issues.push({ ...fault, loc: [name], input: this.optional(name) });
  }

  /** For a value of the right type that is not allowed; an empty path means the whole object. */
  refuseValue(loc: readonly string[], msg: string): void {
    const [name] = loc;
    const input = name === undefined ? this.#input : this.optional(name);
    this.#issues.push({ type: 'value_error', loc, msg: `Value error, ${msg}`, input });
  }

  optional(name: string): unknown {
    return this.#fields?.get(name);
  }

  /** The value of a field, which may be null; undefined after refusing a missing one. */
  required(name: string): unknown {
    if (this.#fields?.has(name) !== true) {
      this.#issues.push({
        type: 'missing',
        loc: [name],
        msg: 'Field required',
        input: this.#input,
      });
    }
    return this.optional(name);
  }

  /** A text that has to be there; null after refusing it. */
  requiredText(name: string): string | null {
    const value = this.required(name);
    if (typeof value === 'string') return value;
    if (value !== undefined)
      this.refuse(name, { type: 'string_type', msg: 'Input should be a valid string' });
    return null;
  }

  /** A text that may be null or left out. */
  text(name: string, fallback: string | null): string | null {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    if (value === null || typeof value === 'string') return value;
    this.refuse(name, { type: 'string_type', msg: 'Input should be a valid string' });
    return null;
  }

  /** A boolean in one of the spellings that Prefect takes. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const word = typeof value === 'string' ? value.toLowerCase() : value;
    if (TRUE_WORDS.has(word)) return true;
    if (FALSE_WORDS.has(word)) return false;
    const isWord = typeof value === 'string' || typeof value === 'number';
    const [type, rest] = isWord
      ? ['bool_parsing', ', unable to interpret input']
      : ['bool_type', ''];
    this.refuse(name, { type, msg: `Input should be a valid boolean${rest}` });
    return fallback;
  }
}
