export type ErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'CONFLICT'
  | 'PROTECTED'
  | 'PARAMETER_SCHEMA'
  | 'LIMIT_REACHED'
  | 'LEASE_EXPIRED';

export interface InputIssue {
  readonly message: string;
  readonly path: readonly string[];
  /** The rule that is broken, such as a keyword of a JSON schema. */
  readonly rule?: string | undefined;
}

/** Where the input is wrong when there is only one place. */
const onlyPath = (issues: readonly InputIssue[]): readonly string[] | null =>
  issues.length === 1 ? (issues[0]?.path ?? null) : null;

/** A refusal that a mutation answers as one of its results. */
export abstract class Refusal extends Error {
  abstract readonly code: ErrorCode;
  /** Where in the input the reason lies, as far as it can be told. */
  readonly path: readonly string[] | null;

  constructor(message: string, path: readonly string[] | null = null) {
    super(message);
    this.path = path;
  }
}

export class InvalidInput extends Refusal {
  readonly code = 'INVALID_INPUT';
  readonly issues: readonly InputIssue[];

  constructor(message: string, issues: readonly InputIssue[] = []) {
    super(message, onlyPath(issues));
    this.issues = issues;
  }
}

export class NotFound extends Refusal {
  readonly code = 'NOT_FOUND';
  readonly typename: string;
  readonly key: string;

  constructor(message: string, { typename, key }: { typename: string; key: string }) {
    super(message);
    this.typename = typename;
    this.key = key;
  }
}

export class AlreadyExists extends Refusal {
  readonly code = 'ALREADY_EXISTS';
  /** The id of what is there, where it is known. */
  readonly existingId: string | null;

  constructor(message: string, existingId: string | null = null) {
    super(message);
    this.existingId = existingId;
  }
}

export class Conflict extends Refusal {
  readonly code = 'CONFLICT';
  /** The id of what stands against it, where it is known. */
  readonly currentId: string | null;

  constructor(message: string, currentId: string | null = null) {
    super(message);
    this.currentId = currentId;
  }
}

export class Protected extends Refusal {
  readonly code = 'PROTECTED';
  /** The id of what is protected, where it is known. */
  readonly resourceId: string | null;

  constructor(message: string, resourceId: string | null = null) {
    super(message);
    this.resourceId = resourceId;
  }
}

export class ParameterSchemaMismatch extends Refusal {
  readonly code = 'PARAMETER_SCHEMA';
  readonly issues: readonly InputIssue[];

  constructor(message: string, issues: readonly InputIssue[] = []) {
    super(message, onlyPath(issues));
    this.issues = issues;
  }
}

export class LimitReached extends Refusal {
  readonly code = 'LIMIT_REACHED';
  /** The limits that have too few slots left. */
  readonly limitIds: readonly string[];
  /** When it is worth asking again; null when it never will be. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    {
      limitIds,
      retryAfterSeconds,
    }: { limitIds: readonly string[]; retryAfterSeconds: number | null },
  ) {
    super(message);
    this.limitIds = limitIds;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class LeaseExpired extends Refusal {
  readonly code = 'LEASE_EXPIRED';
  readonly leaseId: string;

  constructor(leaseId: string) {
    super('The lease has ended or was given back.');
    this.leaseId = leaseId;
  }
}
