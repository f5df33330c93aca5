-- CreateTable
CREATE TABLE "flow" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "tags" JSONB NOT NULL,
    "labels" JSONB
);

-- CreateTable
CREATE TABLE "flow_run" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "deployment_id" TEXT,
    "deployment_version" TEXT,
    "work_queue_id" TEXT,
    "work_queue_name" TEXT,
    "flow_version" TEXT,
    "parameters" JSONB NOT NULL,
    "idempotency_key" TEXT,
    "context" JSONB NOT NULL,
    "empirical_policy" JSONB NOT NULL,
    "tags" JSONB NOT NULL,
    "labels" JSONB,
    "created_by" JSONB,
    "infrastructure_pid" TEXT,
    "infrastructure_document_id" TEXT,
    "job_variables" JSONB,
    "parent_task_run_id" TEXT,
    "auto_scheduled" BOOLEAN NOT NULL,
    "state_id" TEXT,
    "state_type" TEXT,
    "state_name" TEXT,
    "state_timestamp" BIGINT,
    "run_count" INTEGER NOT NULL,
    "expected_start_time" BIGINT,
    "next_scheduled_start_time" BIGINT,
    "start_time" BIGINT,
    "end_time" BIGINT,
    "total_run_time" BIGINT NOT NULL,
    CONSTRAINT "flow_run_flow_id_fkey" FOREIGN KEY ("flow_id") REFERENCES "flow" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "flow_run_work_queue_id_fkey" FOREIGN KEY ("work_queue_id") REFERENCES "work_queue" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "flow_run_infrastructure_document_id_fkey" FOREIGN KEY ("infrastructure_document_id") REFERENCES "block_document" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "flow_run_parent_task_run_id_fkey" FOREIGN KEY ("parent_task_run_id") REFERENCES "task_run" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "task_run" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "flow_run_id" TEXT,
    "task_key" TEXT NOT NULL,
    "dynamic_key" TEXT NOT NULL,
    "cache_key" TEXT,
    "cache_expiration" BIGINT,
    "task_version" TEXT,
    "flow_run_run_count" INTEGER NOT NULL,
    "empirical_policy" JSONB NOT NULL,
    "task_inputs" JSONB NOT NULL,
    "tags" JSONB NOT NULL,
    "labels" JSONB,
    "state_id" TEXT,
    "state_type" TEXT,
    "state_name" TEXT,
    "state_timestamp" BIGINT,
    "run_count" INTEGER NOT NULL,
    "expected_start_time" BIGINT,
    "next_scheduled_start_time" BIGINT,
    "start_time" BIGINT,
    "end_time" BIGINT,
    "total_run_time" BIGINT NOT NULL,
    CONSTRAINT "task_run_flow_run_id_fkey" FOREIGN KEY ("flow_run_id") REFERENCES "flow_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "flow_run_state" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "flow_run_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "message" TEXT,
    "state_details" JSONB NOT NULL,
    "data" JSONB,
    "result_artifact_id" TEXT,
    CONSTRAINT "flow_run_state_flow_run_id_fkey" FOREIGN KEY ("flow_run_id") REFERENCES "flow_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "flow_run_state_result_artifact_id_fkey" FOREIGN KEY ("result_artifact_id") REFERENCES "artifact" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "task_run_state" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "task_run_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "message" TEXT,
    "state_details" JSONB NOT NULL,
    "data" JSONB,
    "result_artifact_id" TEXT,
    CONSTRAINT "task_run_state_task_run_id_fkey" FOREIGN KEY ("task_run_id") REFERENCES "task_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "task_run_state_result_artifact_id_fkey" FOREIGN KEY ("result_artifact_id") REFERENCES "artifact" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "task_run_state_cache" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "cache_key" TEXT NOT NULL,
    "cache_expiration" BIGINT,
    "task_run_state_id" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "flow_run_input" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "flow_run_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "sender" TEXT,
    CONSTRAINT "flow_run_input_flow_run_id_fkey" FOREIGN KEY ("flow_run_id") REFERENCES "flow_run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "artifact" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "key" TEXT,
    "type" TEXT,
    "data" JSONB,
    "description" TEXT,
    "metadata" JSONB,
    "flow_run_id" TEXT,
    "task_run_id" TEXT
);

-- CreateTable
CREATE TABLE "artifact_collection" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "latest_id" TEXT NOT NULL,
    "type" TEXT,
    "data" JSONB,
    "description" TEXT,
    "metadata" JSONB,
    "flow_run_id" TEXT,
    "task_run_id" TEXT
);

-- CreateTable
CREATE TABLE "log" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
    "txid" BIGINT,
    "created" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "flow_run_id" TEXT,
    "task_run_id" TEXT,
    "message" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "deployment" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "version" TEXT,
    "version_id" TEXT,
    "description" TEXT,
    "paused" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "last_polled" BIGINT,
    "work_queue_id" TEXT,
    "work_queue_name" TEXT,
    "job_variables" JSONB NOT NULL,
    "path" TEXT,
    "entrypoint" TEXT,
    "pull_steps" JSONB,
    "parameters" JSONB NOT NULL,
    "parameter_openapi_schema" JSONB,
    "enforce_parameter_schema" BOOLEAN NOT NULL,
    "tags" JSONB NOT NULL,
    "labels" JSONB,
    "concurrency_limit" INTEGER,
    "concurrency_limit_id" TEXT,
    "concurrency_options" JSONB,
    "created_by" JSONB,
    "updated_by" JSONB,
    "storage_document_id" TEXT,
    "infrastructure_document_id" TEXT,
    CONSTRAINT "deployment_flow_id_fkey" FOREIGN KEY ("flow_id") REFERENCES "flow" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "deployment_work_queue_id_fkey" FOREIGN KEY ("work_queue_id") REFERENCES "work_queue" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "deployment_concurrency_limit_id_fkey" FOREIGN KEY ("concurrency_limit_id") REFERENCES "concurrency_limit_v2" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "deployment_storage_document_id_fkey" FOREIGN KEY ("storage_document_id") REFERENCES "block_document" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "deployment_infrastructure_document_id_fkey" FOREIGN KEY ("infrastructure_document_id") REFERENCES "block_document" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "deployment_schedule" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "schedule" JSONB NOT NULL,
    "active" BOOLEAN NOT NULL,
    "max_scheduled_runs" INTEGER,
    "parameters" JSONB NOT NULL,
    "slug" TEXT,
    CONSTRAINT "deployment_schedule_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "deployment_version" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "branch" TEXT,
    "version_info" JSONB NOT NULL,
    "description" TEXT,
    "tags" JSONB NOT NULL,
    "labels" JSONB,
    "entrypoint" TEXT,
    "pull_steps" JSONB,
    "parameters" JSONB NOT NULL,
    "parameter_openapi_schema" JSONB,
    "enforce_parameter_schema" BOOLEAN NOT NULL,
    "work_queue_id" TEXT,
    "work_queue_name" TEXT,
    "job_variables" JSONB NOT NULL,
    CONSTRAINT "deployment_version_deployment_id_fkey" FOREIGN KEY ("deployment_id") REFERENCES "deployment" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "deployment_version_work_queue_id_fkey" FOREIGN KEY ("work_queue_id") REFERENCES "work_queue" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "work_pool" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "type" TEXT NOT NULL,
    "base_job_template" JSONB NOT NULL,
    "is_paused" BOOLEAN NOT NULL,
    "concurrency_limit" INTEGER,
    "status" TEXT NOT NULL,
    "default_queue_id" TEXT,
    "last_transitioned_status_at" BIGINT,
    "last_status_event_id" TEXT,
    "storage_configuration" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "work_queue" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "is_paused" BOOLEAN NOT NULL,
    "concurrency_limit" INTEGER,
    "priority" INTEGER NOT NULL,
    "last_polled" BIGINT,
    "status" TEXT NOT NULL,
    "filter" JSONB,
    "work_pool_id" TEXT NOT NULL,
    CONSTRAINT "work_queue_work_pool_id_fkey" FOREIGN KEY ("work_pool_id") REFERENCES "work_pool" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "work_pool_id" TEXT NOT NULL,
    "last_heartbeat_time" BIGINT NOT NULL,
    "heartbeat_interval_seconds" INTEGER,
    "status" TEXT NOT NULL,
    "metadata" JSONB,
    CONSTRAINT "worker_work_pool_id_fkey" FOREIGN KEY ("work_pool_id") REFERENCES "work_pool" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "agent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "last_activity_time" BIGINT NOT NULL,
    "work_queue_id" TEXT NOT NULL,
    CONSTRAINT "agent_work_queue_id_fkey" FOREIGN KEY ("work_queue_id") REFERENCES "work_queue" ("id") ON DELETE NO ACTION ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "concurrency_limit" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "tag" TEXT NOT NULL,
    "concurrency_limit" INTEGER NOT NULL,
    "active_slots" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "concurrency_limit_v2" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "active" BOOLEAN NOT NULL,
    "name" TEXT NOT NULL,
    "limit" INTEGER NOT NULL,
    "active_slots" INTEGER NOT NULL,
    "denied_slots" INTEGER NOT NULL,
    "slot_decay_per_second" REAL NOT NULL,
    "avg_slot_occupancy_seconds" REAL NOT NULL
);

-- CreateTable
CREATE TABLE "concurrency_lease" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "expiration" BIGINT NOT NULL,
    "limit_ids" JSONB NOT NULL,
    "slots" INTEGER NOT NULL,
    "holder_type" TEXT,
    "holder_id" TEXT
);

-- CreateTable
CREATE TABLE "block_type" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "logo_url" TEXT,
    "documentation_url" TEXT,
    "description" TEXT,
    "code_example" TEXT,
    "is_protected" BOOLEAN NOT NULL
);

-- CreateTable
CREATE TABLE "block_schema" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "block_type_id" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "fields" JSONB NOT NULL,
    "capabilities" JSONB NOT NULL,
    CONSTRAINT "block_schema_block_type_id_fkey" FOREIGN KEY ("block_type_id") REFERENCES "block_type" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "block_schema_reference" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_block_schema_id" TEXT NOT NULL,
    "reference_block_schema_id" TEXT NOT NULL,
    CONSTRAINT "block_schema_reference_parent_block_schema_id_fkey" FOREIGN KEY ("parent_block_schema_id") REFERENCES "block_schema" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "block_schema_reference_reference_block_schema_id_fkey" FOREIGN KEY ("reference_block_schema_id") REFERENCES "block_schema" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "block_document" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "is_anonymous" BOOLEAN NOT NULL,
    "data" TEXT NOT NULL,
    "block_type_id" TEXT NOT NULL,
    "block_type_name" TEXT,
    "block_schema_id" TEXT NOT NULL,
    CONSTRAINT "block_document_block_type_id_fkey" FOREIGN KEY ("block_type_id") REFERENCES "block_type" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "block_document_block_schema_id_fkey" FOREIGN KEY ("block_schema_id") REFERENCES "block_schema" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "block_document_reference" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_block_document_id" TEXT NOT NULL,
    "reference_block_document_id" TEXT NOT NULL,
    CONSTRAINT "block_document_reference_parent_block_document_id_fkey" FOREIGN KEY ("parent_block_document_id") REFERENCES "block_document" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "block_document_reference_reference_block_document_id_fkey" FOREIGN KEY ("reference_block_document_id") REFERENCES "block_document" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "variable" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "value" JSONB,
    "tags" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "saved_search" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "filters" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "configuration" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "csrf_token" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "token" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "expiration" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "event" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
    "txid" BIGINT,
    "id" TEXT NOT NULL,
    "occurred" BIGINT NOT NULL,
    "received" BIGINT NOT NULL,
    "event" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "resource" JSONB NOT NULL,
    "related" JSONB NOT NULL,
    "payload" JSONB NOT NULL,
    "follows" TEXT
);

-- CreateTable
CREATE TABLE "event_resource" (
    "resource_id" TEXT NOT NULL,
    "occurred" BIGINT NOT NULL,
    "seq" BIGINT NOT NULL,
    "role" TEXT NOT NULL,

    PRIMARY KEY ("resource_id", "occurred", "seq", "role")
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "automation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "tags" JSONB NOT NULL,
    "trigger" JSONB NOT NULL,
    "actions" JSONB NOT NULL,
    "actions_on_trigger" JSONB NOT NULL,
    "actions_on_resolve" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "automation_bucket" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "automation_id" TEXT NOT NULL,
    "trigger_id" TEXT NOT NULL,
    "bucketing_key" JSONB NOT NULL,
    "last_event" JSONB,
    "start" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_operation" TEXT,
    "triggered_at" BIGINT,
    CONSTRAINT "automation_bucket_automation_id_fkey" FOREIGN KEY ("automation_id") REFERENCES "automation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "automation_related_resource" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "automation_id" TEXT NOT NULL,
    "resource_id" TEXT,
    "automation_owned_by_resource" BOOLEAN NOT NULL,
    CONSTRAINT "automation_related_resource_automation_id_fkey" FOREIGN KEY ("automation_id") REFERENCES "automation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "composite_trigger_child_firing" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "automation_id" TEXT NOT NULL,
    "parent_trigger_id" TEXT NOT NULL,
    "child_trigger_id" TEXT NOT NULL,
    "child_firing_id" TEXT NOT NULL,
    "child_fired_at" BIGINT,
    "child_firing" JSONB NOT NULL,
    CONSTRAINT "composite_trigger_child_firing_automation_id_fkey" FOREIGN KEY ("automation_id") REFERENCES "automation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "automation_held_event" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "automation_id" TEXT NOT NULL,
    "trigger_id" TEXT NOT NULL,
    "bucketing_key" JSONB NOT NULL,
    "event_id" TEXT NOT NULL,
    "occurred" BIGINT NOT NULL,
    CONSTRAINT "automation_held_event_automation_id_fkey" FOREIGN KEY ("automation_id") REFERENCES "automation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "automation_event_follower" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "scope" TEXT NOT NULL,
    "leader_event_id" TEXT NOT NULL,
    "follower_event_id" TEXT NOT NULL,
    "received" BIGINT NOT NULL,
    "follower" JSONB NOT NULL
);

-- CreateTable
CREATE TABLE "change" (
    "seq" INTEGER PRIMARY KEY AUTOINCREMENT,
    "txid" BIGINT,
    "at" BIGINT NOT NULL,
    "topic" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "entity_id" TEXT NOT NULL,
    "flow_run_id" TEXT
);

-- CreateTable
CREATE TABLE "service_lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "expires" BIGINT NOT NULL,
    "cursor" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "run_rollup" (
    "kind" TEXT NOT NULL,
    "bucket" BIGINT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "state_type" TEXT NOT NULL,
    "state_name" TEXT NOT NULL,
    "runs" INTEGER NOT NULL,

    PRIMARY KEY ("kind", "bucket", "flow_id", "deployment_id", "state_type", "state_name")
);

-- CreateIndex
CREATE UNIQUE INDEX "flow_name_key" ON "flow"("name");

-- CreateIndex
CREATE INDEX "flow_created_idx" ON "flow"("created");

-- CreateIndex
CREATE INDEX "flow_updated_idx" ON "flow"("updated");

-- CreateIndex
CREATE INDEX "flow_run_expected_start_time_id_idx" ON "flow_run"("expected_start_time", "id");

-- CreateIndex
CREATE INDEX "flow_run_state_type_expected_start_time_idx" ON "flow_run"("state_type", "expected_start_time");

-- CreateIndex
CREATE INDEX "flow_run_flow_id_expected_start_time_idx" ON "flow_run"("flow_id", "expected_start_time");

-- CreateIndex
CREATE INDEX "flow_run_name_idx" ON "flow_run"("name");

-- CreateIndex
CREATE INDEX "task_run_state_type_start_time_idx" ON "task_run"("state_type", "start_time");

-- CreateIndex
CREATE INDEX "task_run_expected_start_time_id_idx" ON "task_run"("expected_start_time", "id");

-- CreateIndex
CREATE INDEX "task_run_start_time_idx" ON "task_run"("start_time");

-- CreateIndex
CREATE INDEX "task_run_name_idx" ON "task_run"("name");

-- CreateIndex
CREATE UNIQUE INDEX "task_run_flow_run_id_task_key_dynamic_key_key" ON "task_run"("flow_run_id", "task_key", "dynamic_key");

-- CreateIndex
CREATE INDEX "flow_run_state_type_name_timestamp_idx" ON "flow_run_state"("type", "name", "timestamp");

-- CreateIndex
CREATE UNIQUE INDEX "flow_run_state_flow_run_id_timestamp_key" ON "flow_run_state"("flow_run_id", "timestamp");

-- CreateIndex
CREATE INDEX "task_run_state_type_name_timestamp_idx" ON "task_run_state"("type", "name", "timestamp");

-- CreateIndex
CREATE UNIQUE INDEX "task_run_state_task_run_id_timestamp_key" ON "task_run_state"("task_run_id", "timestamp");

-- CreateIndex
CREATE INDEX "task_run_state_cache_cache_key_created_idx" ON "task_run_state_cache"("cache_key", "created");

-- CreateIndex
CREATE UNIQUE INDEX "flow_run_input_flow_run_id_key_key" ON "flow_run_input"("flow_run_id", "key");

-- CreateIndex
CREATE INDEX "artifact_key_created_idx" ON "artifact"("key", "created");

-- CreateIndex
CREATE INDEX "artifact_flow_run_id_idx" ON "artifact"("flow_run_id");

-- CreateIndex
CREATE INDEX "artifact_task_run_id_idx" ON "artifact"("task_run_id");

-- CreateIndex
CREATE UNIQUE INDEX "artifact_collection_key_key" ON "artifact_collection"("key");

-- CreateIndex
CREATE INDEX "artifact_collection_latest_id_idx" ON "artifact_collection"("latest_id");

-- CreateIndex
CREATE INDEX "log_flow_run_id_timestamp_seq_idx" ON "log"("flow_run_id", "timestamp", "seq");

-- CreateIndex
CREATE INDEX "log_timestamp_idx" ON "log"("timestamp");

-- CreateIndex
CREATE INDEX "deployment_name_idx" ON "deployment"("name");

-- CreateIndex
CREATE INDEX "deployment_created_idx" ON "deployment"("created");

-- CreateIndex
CREATE INDEX "deployment_updated_idx" ON "deployment"("updated");

-- CreateIndex
CREATE INDEX "deployment_work_queue_id_idx" ON "deployment"("work_queue_id");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_flow_id_name_key" ON "deployment"("flow_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "deployment_schedule_deployment_id_slug_key" ON "deployment_schedule"("deployment_id", "slug");

-- CreateIndex
CREATE INDEX "deployment_version_deployment_id_idx" ON "deployment_version"("deployment_id");

-- CreateIndex
CREATE UNIQUE INDEX "work_pool_name_key" ON "work_pool"("name");

-- CreateIndex
CREATE INDEX "work_queue_work_pool_id_priority_idx" ON "work_queue"("work_pool_id", "priority");

-- CreateIndex
CREATE UNIQUE INDEX "work_queue_work_pool_id_name_key" ON "work_queue"("work_pool_id", "name");

-- CreateIndex
CREATE INDEX "worker_work_pool_id_last_heartbeat_time_idx" ON "worker"("work_pool_id", "last_heartbeat_time");

-- CreateIndex
CREATE UNIQUE INDEX "worker_work_pool_id_name_key" ON "worker"("work_pool_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "agent_name_key" ON "agent"("name");

-- CreateIndex
CREATE UNIQUE INDEX "concurrency_limit_tag_key" ON "concurrency_limit"("tag");

-- CreateIndex
CREATE UNIQUE INDEX "concurrency_limit_v2_name_key" ON "concurrency_limit_v2"("name");

-- CreateIndex
CREATE INDEX "concurrency_lease_expiration_idx" ON "concurrency_lease"("expiration");

-- CreateIndex
CREATE INDEX "concurrency_lease_holder_type_holder_id_idx" ON "concurrency_lease"("holder_type", "holder_id");

-- CreateIndex
CREATE UNIQUE INDEX "block_type_slug_key" ON "block_type"("slug");

-- CreateIndex
CREATE INDEX "block_type_name_idx" ON "block_type"("name");

-- CreateIndex
CREATE INDEX "block_schema_block_type_id_idx" ON "block_schema"("block_type_id");

-- CreateIndex
CREATE UNIQUE INDEX "block_schema_checksum_version_key" ON "block_schema"("checksum", "version");

-- CreateIndex
CREATE INDEX "block_schema_reference_parent_block_schema_id_idx" ON "block_schema_reference"("parent_block_schema_id");

-- CreateIndex
CREATE INDEX "block_schema_reference_reference_block_schema_id_idx" ON "block_schema_reference"("reference_block_schema_id");

-- CreateIndex
CREATE INDEX "block_document_block_schema_id_idx" ON "block_document"("block_schema_id");

-- CreateIndex
CREATE INDEX "block_document_name_idx" ON "block_document"("name");

-- CreateIndex
CREATE UNIQUE INDEX "block_document_block_type_id_name_key" ON "block_document"("block_type_id", "name");

-- CreateIndex
CREATE INDEX "block_document_reference_parent_block_document_id_idx" ON "block_document_reference"("parent_block_document_id");

-- CreateIndex
CREATE INDEX "block_document_reference_reference_block_document_id_idx" ON "block_document_reference"("reference_block_document_id");

-- CreateIndex
CREATE UNIQUE INDEX "variable_name_key" ON "variable"("name");

-- CreateIndex
CREATE UNIQUE INDEX "saved_search_name_key" ON "saved_search"("name");

-- CreateIndex
CREATE UNIQUE INDEX "configuration_key_key" ON "configuration"("key");

-- CreateIndex
CREATE UNIQUE INDEX "csrf_token_client_key" ON "csrf_token"("client");

-- CreateIndex
CREATE INDEX "csrf_token_expiration_idx" ON "csrf_token"("expiration");

-- CreateIndex
CREATE UNIQUE INDEX "event_id_key" ON "event"("id");

-- CreateIndex
CREATE INDEX "event_occurred_seq_idx" ON "event"("occurred", "seq");

-- CreateIndex
CREATE INDEX "event_event_occurred_idx" ON "event"("event", "occurred");

-- CreateIndex
CREATE INDEX "event_resource_seq_idx" ON "event_resource"("seq");

-- CreateIndex
CREATE INDEX "automation_name_idx" ON "automation"("name");

-- CreateIndex
CREATE INDEX "automation_updated_idx" ON "automation"("updated");

-- CreateIndex
CREATE INDEX "automation_bucket_automation_id_end_idx" ON "automation_bucket"("automation_id", "end");

-- CreateIndex
CREATE UNIQUE INDEX "automation_bucket_automation_id_trigger_id_bucketing_key_key" ON "automation_bucket"("automation_id", "trigger_id", "bucketing_key");

-- CreateIndex
CREATE INDEX "automation_related_resource_resource_id_idx" ON "automation_related_resource"("resource_id");

-- CreateIndex
CREATE UNIQUE INDEX "automation_related_resource_automation_id_resource_id_key" ON "automation_related_resource"("automation_id", "resource_id");

-- CreateIndex
CREATE UNIQUE INDEX "composite_trigger_child_firing_automation_id_parent_trigger_id_child_trigger_id_key" ON "composite_trigger_child_firing"("automation_id", "parent_trigger_id", "child_trigger_id");

-- CreateIndex
CREATE INDEX "automation_held_event_automation_id_trigger_id_occurred_idx" ON "automation_held_event"("automation_id", "trigger_id", "occurred");

-- CreateIndex
CREATE UNIQUE INDEX "automation_held_event_automation_id_trigger_id_bucketing_key_event_id_key" ON "automation_held_event"("automation_id", "trigger_id", "bucketing_key", "event_id");

-- CreateIndex
CREATE INDEX "automation_event_follower_scope_leader_event_id_idx" ON "automation_event_follower"("scope", "leader_event_id");

-- CreateIndex
CREATE UNIQUE INDEX "automation_event_follower_scope_follower_event_id_key" ON "automation_event_follower"("scope", "follower_event_id");

-- CreateIndex
CREATE INDEX "change_topic_seq_idx" ON "change"("topic", "seq");

-- CreateIndex
CREATE INDEX "change_at_idx" ON "change"("at");

-- What the model cannot express: partial and expression indexes.
CREATE UNIQUE INDEX "flow_run_flow_id_idempotency_key_key" ON "flow_run"("flow_id", "idempotency_key") WHERE "idempotency_key" IS NOT NULL;
CREATE INDEX "flow_run_start_order_idx" ON "flow_run"((coalesce("start_time", "expected_start_time")), "id");
CREATE INDEX "flow_run_deployment_id_idx" ON "flow_run"("deployment_id", "expected_start_time") WHERE "deployment_id" IS NOT NULL;
CREATE INDEX "flow_run_queue_poll_idx" ON "flow_run"("work_queue_id", "next_scheduled_start_time") WHERE "state_type" = 'SCHEDULED';
CREATE INDEX "flow_run_deployment_poll_idx" ON "flow_run"("deployment_id", "next_scheduled_start_time") WHERE "state_type" = 'SCHEDULED' AND "auto_scheduled";
CREATE INDEX "flow_run_next_start_idx" ON "flow_run"("next_scheduled_start_time") WHERE "state_type" = 'SCHEDULED';
CREATE INDEX "flow_run_parent_task_run_id_idx" ON "flow_run"("parent_task_run_id") WHERE "parent_task_run_id" IS NOT NULL;
CREATE INDEX "flow_run_end_time_idx" ON "flow_run"("end_time") WHERE "end_time" IS NOT NULL;
CREATE INDEX "task_run_end_time_idx" ON "task_run"("end_time") WHERE "end_time" IS NOT NULL;
CREATE INDEX "log_task_run_id_idx" ON "log"("task_run_id", "timestamp", "seq") WHERE "task_run_id" IS NOT NULL;
CREATE INDEX "flow_run_state_result_artifact_id_idx" ON "flow_run_state"("result_artifact_id") WHERE "result_artifact_id" IS NOT NULL;
CREATE INDEX "task_run_state_result_artifact_id_idx" ON "task_run_state"("result_artifact_id") WHERE "result_artifact_id" IS NOT NULL;
