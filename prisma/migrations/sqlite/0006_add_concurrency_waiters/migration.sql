-- CreateTable
CREATE TABLE "concurrency_waiter" (
    "limit_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "created" BIGINT NOT NULL,
    "slots" INTEGER NOT NULL,
    "is_held" BOOLEAN NOT NULL,
    "expires" BIGINT NOT NULL,
    "line" TEXT NOT NULL,
    "caller" TEXT,
    "holder_type" TEXT,
    "holder_id" TEXT,

    PRIMARY KEY ("limit_id", "id"),
    CONSTRAINT "concurrency_waiter_limit_id_fkey" FOREIGN KEY ("limit_id") REFERENCES "concurrency_limit_v2" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "concurrency_waiter_limit_id_created_idx" ON "concurrency_waiter"("limit_id", "created");

-- CreateIndex
CREATE INDEX "concurrency_waiter_id_idx" ON "concurrency_waiter"("id");

-- CreateIndex
CREATE INDEX "concurrency_waiter_caller_idx" ON "concurrency_waiter"("caller");

-- CreateIndex
CREATE INDEX "concurrency_waiter_holder_type_holder_id_idx" ON "concurrency_waiter"("holder_type", "holder_id");

-- CreateIndex
CREATE INDEX "concurrency_waiter_expires_idx" ON "concurrency_waiter"("expires");
