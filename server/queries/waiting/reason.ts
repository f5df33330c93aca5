import type { HoldingRun } from '#server/db/sql/waiting-statements.ts';
import type { JsonObject } from '#server/json.ts';
import type { Micros } from '#server/time.ts';

/** Why a flow run does not run, with what each kind means. */
export const WAITING_KINDS = {
  NOT_DUE: 'Its time has not come.',
  RETRY_DELAY: 'It is tried again later.',
  AWAITING_CONCURRENCY_SLOT: 'It was refused a slot of its deployment and asks again later.',
  POOL_PAUSED: 'Its work pool gives out no runs.',
  QUEUE_PAUSED: 'Its work queue gives out no runs.',
  NO_WORKER: 'No worker of its work pool is online.',
  NO_MATCHING_WORKER: 'Workers of its work pool are online, but none that is made for its type.',
  UNSERVED_POOL_TYPE: 'No worker serves work pools of this type.',
  POOL_LIMIT: 'All slots of its work pool are held.',
  QUEUE_LIMIT: 'All slots of its work queue are held.',
  DEPLOYMENT_LIMIT: 'All slots of its deployment are held.',
  TAG_LIMIT: 'Its task runs wait for slots of a tag.',
  CONCURRENCY_LIMIT: 'It waits for slots of a concurrency limit by name.',
  HANDED_OUT: 'It is held by somebody who was to start it.',
  GIVEN_UP: 'It was handed out and given back too often.',
  IN_LINE: 'Others come before it, or it is next.',
  NOT_POLLED: 'No process asks for the runs of its deployment.',
  NO_POOL: 'It has neither a work pool nor a deployment: only who made it can start it.',
  WAITING_FOR_INPUT: 'It waits for somebody to resume it with input.',
  PAUSED: 'It waits for somebody to resume it.',
  STARTING: 'It was taken and is being prepared.',
  SILENT: 'It is running and has sent no heartbeat for a while.',
  CANCELLING: 'It is being stopped.',
  LATE: 'Its time is over.',
} as const;

export type WaitingKind = keyof typeof WAITING_KINDS;

/** What stands in the way of a run. */
export interface WaitingSubject {
  readonly type: 'work-pool' | 'work-queue' | 'deployment' | 'concurrency-limit';
  readonly id: string;
  readonly name: string;
}

/** A run that holds what another one waits for. */
export interface WaitingHolder {
  readonly type: 'flow-run' | 'task-run';
  readonly id: string;
  readonly name: string;
  readonly stateType: HoldingRun['stateType'];
}

/** One reason; what does not belong to its kind is null or empty. */
export interface WaitingReason {
  readonly kind: WaitingKind;
  /** The reason as a sentence for people. */
  readonly message: string;
  readonly subject: WaitingSubject | null;
  /** Since when it holds. */
  readonly since: Micros | null;
  /** When it ends by itself. */
  readonly until: Micros | null;
  /** When that which is missing was last heard of. */
  readonly lastSeen: Micros | null;
  /** How many slots there are. */
  readonly limit: number | null;
  /** How many slots are taken. */
  readonly activeSlots: number | null;
  /** Who has taken them: some, when they are many. */
  readonly holders: readonly WaitingHolder[];
  /** The place in line, 1 being next. */
  readonly place: number | null;
  /** Whether the true place may be further back. */
  readonly isPlaceAtLeast: boolean;
  /** The keys under which the input that is waited for is described and will be stored. */
  readonly inputKeyset: JsonObject | null;
}

const NOTHING = {
  subject: null,
  since: null,
  until: null,
  lastSeen: null,
  limit: null,
  activeSlots: null,
  holders: [],
  place: null,
  isPlaceAtLeast: false,
  inputKeyset: null,
} as const;

/** A reason of a kind, with what belongs to it. */
export const reason = (
  kind: WaitingKind,
  message: string,
  about: Partial<WaitingReason> = {},
): WaitingReason => ({ ...NOTHING, kind, message, ...about });

/** A reason that there may be. */
export const when = (holds: boolean, found: () => WaitingReason): readonly WaitingReason[] =>
  holds ? [found()] : [];
