-- Subflows under way are few, whatever the history: the service that cancels those of cancelled runs reads them alone.
CREATE INDEX "flow_run_live_subflow_idx" ON "flow_run"("parent_task_run_id")
WHERE "parent_task_run_id" IS NOT NULL AND "state_type" IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING');
