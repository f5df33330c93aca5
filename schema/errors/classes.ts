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
}

/** A refusal that a mutation answers as one of its results. */
export abstract class Refusal extends Error {
  abstract readonly code: ErrorCode;
}

export class InvalidInput extends Refusal {
  readonly code = 'INVALID_INPUT';
  readonly issues: readonly InputIssue[];

  constructor(message: string, issues: readonly InputIssue[] = []) {
    super(message);
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
}

export class Conflict extends Refusal {
  readonly code = 'CONFLICT';
}

export class Protected extends Refusal {
  readonly code = 'PROTECTED';
}

export class ParameterSchemaMismatch extends Refusal {
  readonly code = 'PARAMETER_SCHEMA';
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
