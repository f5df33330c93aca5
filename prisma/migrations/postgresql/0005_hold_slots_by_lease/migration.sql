-- CreateTable
CREATE TABLE "concurrency_lease_limit" (
    "limit_id" TEXT NOT NULL,
    "lease_id" TEXT NOT NULL,

    CONSTRAINT "concurrency_lease_limit_pkey" PRIMARY KEY ("limit_id","lease_id")
);

-- CreateIndex
CREATE INDEX "concurrency_lease_limit_lease_id_idx" ON "concurrency_lease_limit"("lease_id");

-- AddForeignKey
ALTER TABLE "concurrency_lease_limit" ADD CONSTRAINT "concurrency_lease_limit_limit_id_fkey" FOREIGN KEY ("limit_id") REFERENCES "concurrency_limit_v2"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "concurrency_lease_limit" ADD CONSTRAINT "concurrency_lease_limit_lease_id_fkey" FOREIGN KEY ("lease_id") REFERENCES "concurrency_lease"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Slots that a lease holds are counted by it from now on; the limit counts those that nobody leases.
INSERT INTO concurrency_lease_limit (limit_id, lease_id)
SELECT bound.id, lease.id FROM concurrency_lease AS lease
  CROSS JOIN jsonb_array_elements_text(lease.limit_ids) AS held(limit_id)
  JOIN concurrency_limit_v2 AS bound ON bound.id = held.limit_id
WHERE bound.slot_decay_per_second = 0
ON CONFLICT DO NOTHING;

UPDATE concurrency_limit_v2 SET active_slots = greatest(0, active_slots - coalesce(
  (SELECT sum(lease.slots) FROM concurrency_lease_limit AS held JOIN concurrency_lease AS lease ON lease.id = held.lease_id
    WHERE held.limit_id = concurrency_limit_v2.id), 0))
WHERE slot_decay_per_second = 0 AND active_slots > 0;
