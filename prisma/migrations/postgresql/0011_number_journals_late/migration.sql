-- Readers tell by the numbers of transactions which rows may still come. A transaction gets its own with its first
-- write, so it could be given a row's number before: rows that were committed a moment later were then passed over.
ALTER TABLE "change" ALTER COLUMN "seq"
SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('change_seq_seq') END;
ALTER TABLE "log" ALTER COLUMN "seq"
SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('log_seq_seq') END;
ALTER TABLE "event" ALTER COLUMN "seq"
SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('event_seq_seq') END;
