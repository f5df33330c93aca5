import { readFileSync } from 'node:fs';

/** A state by the name that the recording gives it, or spelled out. */
export type StateSpec = string | Readonly<Record<string, unknown>>;

/** What the real server made of one proposed state. */
export interface Step {
  readonly to: StateSpec;
  readonly force: boolean;
  readonly http: number;
  readonly status: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

type RunKind = 'flow_run' | 'flow_run with deployment' | 'task_run';

/** A run in its first state and the states proposed to it, one after the other. */
export interface TransitionCase {
  readonly label: string;
  readonly run: RunKind;
  /** Extra fields of the created run. */
  readonly create: Readonly<Record<string, unknown>>;
  readonly first: string;
  /** The state of the flow run around a task run. */
  readonly enclosing: string;
  readonly steps: readonly Step[];
}

interface Line extends Partial<Step> {
  readonly run: RunKind;
  readonly from?: string;
  readonly flow_run?: string;
  readonly sequence?: string;
  readonly create?: Readonly<Record<string, unknown>>;
  readonly first?: string;
  readonly steps?: readonly Step[];
}

const caseOf = (line: Line): TransitionCase => {
  const { run, from = '', flow_run: enclosing = 'Running' } = line;
  if (line.steps !== undefined) {
    const { sequence = '', create = {}, first = 'Pending', steps } = line;
    return { label: `${run}: ${sequence}`, run, create, first, enclosing, steps };
  }
  const label = `${run}: ${from} → ${typeof line.to === 'string' ? line.to : JSON.stringify(line.to)}${line.force === true ? ', forced' : ''}`;
  // A line without steps is itself one.
  const steps = [line as Step];
  const within = enclosing === 'Running' ? label : `${label}, flow run ${enclosing}`;
  return { label: within, run, create: {}, first: from, enclosing, steps };
};

/** Reads the recorded verdicts. */
export const readTransitionCases = (file: string): readonly TransitionCase[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    // The file is data of a known shape.
    .map((line) => caseOf(JSON.parse(line) as Line));
