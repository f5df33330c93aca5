-- CreateTable
CREATE TABLE "kept_answer" (
    "id" TEXT NOT NULL,
    "created" BIGINT NOT NULL,
    "expires" BIGINT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "answer" TEXT,

    CONSTRAINT "kept_answer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "kept_answer_expires_idx" ON "kept_answer"("expires");
