-- AlterTable
ALTER TABLE "concurrency_lease" ADD COLUMN "flow_id" TEXT;

-- AlterTable
ALTER TABLE "concurrency_waiter" ADD COLUMN "flow_id" TEXT;

-- CreateIndex
CREATE INDEX "concurrency_waiter_flow_id_idx" ON "concurrency_waiter"("flow_id");
