-- CreateTable
CREATE TABLE "delivery" (
    "id" TEXT NOT NULL,
    "created" BIGINT NOT NULL,
    "updated" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "available_at" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "holder" TEXT,
    "lease_token" TEXT,
    "lease_expires" BIGINT,
    "delivery_count" INTEGER NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_worker" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "task_keys" JSONB NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "expires" BIGINT NOT NULL,

    CONSTRAINT "task_worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "delivery_kind_key_key" ON "delivery"("kind", "key");

-- CreateIndex
CREATE INDEX "task_worker_expires_idx" ON "task_worker"("expires");

CREATE INDEX "delivery_waiting_idx" ON "delivery"("kind", "queue", "priority", "available_at", "id") WHERE "status" = 'WAITING';
CREATE INDEX "delivery_leased_idx" ON "delivery"("kind", "queue") WHERE "status" = 'LEASED';
CREATE INDEX "delivery_lease_end_idx" ON "delivery"("lease_expires") WHERE "status" = 'LEASED';
CREATE INDEX "delivery_kept_idx" ON "delivery"("updated") WHERE "status" IN ('DONE', 'DEAD');
