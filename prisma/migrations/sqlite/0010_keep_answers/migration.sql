-- CreateTable
CREATE TABLE "kept_answer" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "created" BIGINT NOT NULL,
    "expires" BIGINT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "answer" TEXT
);

-- CreateIndex
CREATE INDEX "kept_answer_expires_idx" ON "kept_answer"("expires");
