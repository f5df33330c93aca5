DROP INDEX "flow_run_expected_start_time_id_idx";
DROP INDEX "flow_run_name_idx";
DROP INDEX "flow_run_end_time_idx";
DROP INDEX "task_run_state_type_start_time_idx";
DROP INDEX "task_run_expected_start_time_id_idx";
DROP INDEX "task_run_name_idx";

-- Nobody reads which transaction wrote a row.
ALTER TABLE "log" DROP COLUMN "txid";
ALTER TABLE "event" DROP COLUMN "txid";
ALTER TABLE "change" DROP COLUMN "txid";

-- It was never written.
DROP TABLE "run_rollup";

CREATE TABLE "run_rollup" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
    "bucket" BIGINT NOT NULL,
    "state_type" TEXT,
    "state_name" TEXT,
    "runs" INTEGER NOT NULL,
    "run_time" BIGINT NOT NULL,
    "lateness" BIGINT NOT NULL,
    "running" INTEGER NOT NULL,
    "running_since" BIGINT NOT NULL,
    "waiting" INTEGER NOT NULL,
    "waiting_since" BIGINT NOT NULL
);

CREATE TABLE "flow_run_tag" (
    "tag" TEXT NOT NULL,
    "flow_run_id" TEXT NOT NULL,

    PRIMARY KEY ("tag", "flow_run_id")
) WITHOUT ROWID;

CREATE INDEX "flow_run_history_idx" ON "flow_run"("expected_start_time", "id", "state_type", "state_name", "start_time", "total_run_time", "state_timestamp");
CREATE INDEX "flow_run_state_name_expected_start_time_idx" ON "flow_run"("state_name", "expected_start_time");
CREATE INDEX "flow_run_name_id_idx" ON "flow_run"("name", "id");
CREATE INDEX "flow_run_end_time_id_idx" ON "flow_run"("end_time", "id");
CREATE INDEX "task_run_state_type_start_time_id_idx" ON "task_run"("state_type", "start_time", "id");
CREATE INDEX "task_run_history_idx" ON "task_run"("expected_start_time", "id", "state_type", "state_name", "start_time", "total_run_time", "state_timestamp");
CREATE INDEX "task_run_name_id_idx" ON "task_run"("name", "id");
CREATE INDEX "flow_run_queue_idx" ON "flow_run"("work_queue_id", "expected_start_time", "state_type", "state_name", "start_time") WHERE "work_queue_id" IS NOT NULL;

INSERT INTO run_rollup ("bucket", "state_type", "state_name", "runs", "run_time", "lateness", "running", "running_since", "waiting", "waiting_since")
SELECT bucket, state_type, state_name, count(*), sum(run_time), sum(lateness), sum(running), sum(running_since), sum(waiting), sum(waiting_since)
FROM (SELECT coalesce(expected_start_time / 600000000 * 600000000, -1) AS bucket, state_type, state_name, total_run_time AS run_time,
    CASE WHEN start_time > expected_start_time THEN start_time - expected_start_time ELSE 0 END AS lateness,
    CASE WHEN state_type = 'RUNNING' AND state_timestamp IS NOT NULL AND expected_start_time IS NOT NULL THEN 1 ELSE 0 END AS running,
    CASE WHEN state_type = 'RUNNING' AND state_timestamp IS NOT NULL AND expected_start_time IS NOT NULL
      THEN state_timestamp - expected_start_time / 600000000 * 600000000 ELSE 0 END AS running_since,
    CASE WHEN start_time IS NULL AND expected_start_time IS NOT NULL AND state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')
      THEN 1 ELSE 0 END AS waiting,
    CASE WHEN start_time IS NULL AND expected_start_time IS NOT NULL AND state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING')
      THEN expected_start_time % 600000000 ELSE 0 END AS waiting_since
  FROM flow_run) AS run
GROUP BY bucket, state_type, state_name;
CREATE INDEX "run_rollup_bucket_idx" ON "run_rollup"("bucket");

INSERT INTO flow_run_tag (tag, flow_run_id)
SELECT DISTINCT one.value, flow_run.id FROM flow_run, json_each(flow_run.tags) AS one WHERE flow_run.tags <> '[]';

CREATE TRIGGER flow_run_rollup_insert AFTER INSERT ON flow_run BEGIN
  INSERT INTO run_rollup ("bucket", "state_type", "state_name", "runs", "run_time", "lateness", "running", "running_since", "waiting", "waiting_since") VALUES (coalesce(NEW.expected_start_time / 600000000 * 600000000, -1), NEW.state_type, NEW.state_name, 1, NEW.total_run_time,
    (CASE WHEN NEW.start_time > NEW.expected_start_time THEN NEW.start_time - NEW.expected_start_time ELSE 0 END),
    (CASE WHEN NEW.state_type = 'RUNNING' AND NEW.state_timestamp IS NOT NULL AND NEW.expected_start_time IS NOT NULL THEN 1 ELSE 0 END),
    (CASE WHEN NEW.state_type = 'RUNNING' AND NEW.state_timestamp IS NOT NULL AND NEW.expected_start_time IS NOT NULL THEN NEW.state_timestamp - (NEW.expected_start_time / 600000000 * 600000000) ELSE 0 END),
    (CASE WHEN NEW.start_time IS NULL AND NEW.expected_start_time IS NOT NULL AND NEW.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN 1 ELSE 0 END),
    (CASE WHEN NEW.start_time IS NULL AND NEW.expected_start_time IS NOT NULL AND NEW.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN NEW.expected_start_time - (NEW.expected_start_time / 600000000 * 600000000) ELSE 0 END));
END;

CREATE TRIGGER flow_run_rollup_update AFTER UPDATE OF state_type, state_name, state_timestamp, expected_start_time, start_time, total_run_time ON flow_run
WHEN OLD.state_type IS NOT NEW.state_type
    OR OLD.state_name IS NOT NEW.state_name
    OR OLD.state_timestamp IS NOT NEW.state_timestamp
    OR OLD.expected_start_time IS NOT NEW.expected_start_time
    OR OLD.start_time IS NOT NEW.start_time
    OR OLD.total_run_time IS NOT NEW.total_run_time BEGIN
  INSERT INTO run_rollup ("bucket", "state_type", "state_name", "runs", "run_time", "lateness", "running", "running_since", "waiting", "waiting_since") VALUES (coalesce(OLD.expected_start_time / 600000000 * 600000000, -1), OLD.state_type, OLD.state_name, -1, -OLD.total_run_time,
    -(CASE WHEN OLD.start_time > OLD.expected_start_time THEN OLD.start_time - OLD.expected_start_time ELSE 0 END),
    -(CASE WHEN OLD.state_type = 'RUNNING' AND OLD.state_timestamp IS NOT NULL AND OLD.expected_start_time IS NOT NULL THEN 1 ELSE 0 END),
    -(CASE WHEN OLD.state_type = 'RUNNING' AND OLD.state_timestamp IS NOT NULL AND OLD.expected_start_time IS NOT NULL THEN OLD.state_timestamp - (OLD.expected_start_time / 600000000 * 600000000) ELSE 0 END),
    -(CASE WHEN OLD.start_time IS NULL AND OLD.expected_start_time IS NOT NULL AND OLD.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN 1 ELSE 0 END),
    -(CASE WHEN OLD.start_time IS NULL AND OLD.expected_start_time IS NOT NULL AND OLD.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN OLD.expected_start_time - (OLD.expected_start_time / 600000000 * 600000000) ELSE 0 END));
  INSERT INTO run_rollup ("bucket", "state_type", "state_name", "runs", "run_time", "lateness", "running", "running_since", "waiting", "waiting_since") VALUES (coalesce(NEW.expected_start_time / 600000000 * 600000000, -1), NEW.state_type, NEW.state_name, 1, NEW.total_run_time,
    (CASE WHEN NEW.start_time > NEW.expected_start_time THEN NEW.start_time - NEW.expected_start_time ELSE 0 END),
    (CASE WHEN NEW.state_type = 'RUNNING' AND NEW.state_timestamp IS NOT NULL AND NEW.expected_start_time IS NOT NULL THEN 1 ELSE 0 END),
    (CASE WHEN NEW.state_type = 'RUNNING' AND NEW.state_timestamp IS NOT NULL AND NEW.expected_start_time IS NOT NULL THEN NEW.state_timestamp - (NEW.expected_start_time / 600000000 * 600000000) ELSE 0 END),
    (CASE WHEN NEW.start_time IS NULL AND NEW.expected_start_time IS NOT NULL AND NEW.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN 1 ELSE 0 END),
    (CASE WHEN NEW.start_time IS NULL AND NEW.expected_start_time IS NOT NULL AND NEW.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN NEW.expected_start_time - (NEW.expected_start_time / 600000000 * 600000000) ELSE 0 END));
END;

CREATE TRIGGER flow_run_rollup_delete AFTER DELETE ON flow_run BEGIN
  INSERT INTO run_rollup ("bucket", "state_type", "state_name", "runs", "run_time", "lateness", "running", "running_since", "waiting", "waiting_since") VALUES (coalesce(OLD.expected_start_time / 600000000 * 600000000, -1), OLD.state_type, OLD.state_name, -1, -OLD.total_run_time,
    -(CASE WHEN OLD.start_time > OLD.expected_start_time THEN OLD.start_time - OLD.expected_start_time ELSE 0 END),
    -(CASE WHEN OLD.state_type = 'RUNNING' AND OLD.state_timestamp IS NOT NULL AND OLD.expected_start_time IS NOT NULL THEN 1 ELSE 0 END),
    -(CASE WHEN OLD.state_type = 'RUNNING' AND OLD.state_timestamp IS NOT NULL AND OLD.expected_start_time IS NOT NULL THEN OLD.state_timestamp - (OLD.expected_start_time / 600000000 * 600000000) ELSE 0 END),
    -(CASE WHEN OLD.start_time IS NULL AND OLD.expected_start_time IS NOT NULL AND OLD.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN 1 ELSE 0 END),
    -(CASE WHEN OLD.start_time IS NULL AND OLD.expected_start_time IS NOT NULL AND OLD.state_type IN ('SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING') THEN OLD.expected_start_time - (OLD.expected_start_time / 600000000 * 600000000) ELSE 0 END));
END;

CREATE TRIGGER flow_run_tag_insert AFTER INSERT ON flow_run WHEN NEW.tags <> '[]' BEGIN
  INSERT INTO flow_run_tag (tag, flow_run_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.tags);
END;

CREATE TRIGGER flow_run_tag_update AFTER UPDATE OF tags ON flow_run WHEN OLD.tags <> NEW.tags BEGIN
  DELETE FROM flow_run_tag WHERE flow_run_id = OLD.id AND tag IN (SELECT value FROM json_each(OLD.tags));
  INSERT INTO flow_run_tag (tag, flow_run_id) SELECT DISTINCT value, NEW.id FROM json_each(NEW.tags);
END;

CREATE TRIGGER flow_run_tag_delete AFTER DELETE ON flow_run WHEN OLD.tags <> '[]' BEGIN
  DELETE FROM flow_run_tag WHERE flow_run_id = OLD.id AND tag IN (SELECT value FROM json_each(OLD.tags));
END;
