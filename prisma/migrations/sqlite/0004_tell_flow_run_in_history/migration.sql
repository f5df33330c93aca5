-- DropIndex
DROP INDEX "task_run_history_idx";

-- CreateIndex
CREATE INDEX "task_run_history_idx" ON "task_run"("expected_start_time", "id", "flow_run_id", "state_type", "state_name", "start_time", "total_run_time", "state_timestamp");
