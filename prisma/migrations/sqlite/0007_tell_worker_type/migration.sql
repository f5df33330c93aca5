-- AlterTable
ALTER TABLE "worker" ADD COLUMN "type" TEXT;
