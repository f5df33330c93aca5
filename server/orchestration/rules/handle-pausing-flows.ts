import { run as runStatement } from '#server/db/script.ts';
import { deleteFlowRunInput } from '#server/db/sql/flow-run-parts.ts';
import { newId } from '#server/ids.ts';
import { isJsonObject } from '#server/json.ts';

import { pauseKeysOf, policyChanges } from '../empirical-policy.ts';
import {
  ACCEPT,
  ANY_STATE,
  type FlowRunMoment,
  type Rule,
  abort,
  reject,
  states,
} from '../rule.ts';
import { detailText, isDetailTrue } from '../state-details.ts';

/** Only a running run can be paused, and at each of its pauses once; a suspended one must be able to start again. */
export const handlePausingFlows: Rule<FlowRunMoment> = {
  name: 'HandlePausingFlows',
  from: ANY_STATE,
  to: states('PAUSED'),
  before: ({ run, initial }, proposed) => {
    const verb = proposed.name === 'Suspended' ? 'suspend' : 'pause';
    if (initial === null) return abort(`Cannot ${verb} flows with no state.`);
    if (initial.type !== 'RUNNING') {
      return reject(`Cannot ${verb} flows that are not currently running.`);
    }
    const key = detailText(proposed, 'pause_key');
    if (key !== null && pauseKeysOf(run.empiricalPolicy).includes(key)) {
      return reject(`This ${verb} has already fired.`);
    }
    if (!isDetailTrue(proposed, 'pause_reschedule')) return ACCEPT;
    if (run.parentTaskRunId !== null) return abort(`Cannot ${verb} subflows.`);
    return run.deploymentId === null ? abort(`Cannot ${verb} flows without a deployment.`) : ACCEPT;
  },
  after: function* ({ run }, { validated }) {
    const keyset = validated?.details['run_input_keyset'] ?? null;
    // What is stored under these keys belongs to an earlier attempt of the run.
    for (const key of isJsonObject(keyset) ? Object.values(keyset) : []) {
      if (typeof key === 'string') yield* runStatement(deleteFlowRunInput(run.id, key));
    }
    const key = (validated === null ? null : detailText(validated, 'pause_key')) ?? newId();
    return policyChanges(run.empiricalPolicy, {
      pause_keys: [...new Set([...pauseKeysOf(run.empiricalPolicy), key])],
    });
  },
};
