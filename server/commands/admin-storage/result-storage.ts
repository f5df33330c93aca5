import type { Context } from '#server/context.ts';
import { type Script, one, run } from '#server/db/script.ts';
import {
  lockBlockDocument,
  readBlockDocumentRow,
} from '#server/db/sql/block-document-statements.ts';
import { readBlockSchemaRow } from '#server/db/sql/block-schema-statements.ts';
import { deleteConfiguration, putConfiguration } from '#server/db/sql/configuration-statements.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { isJsonObject, json } from '#server/json.ts';
import { nowMicros } from '#server/time.ts';

/** The key under which Prefect, too, keeps the default place of results. */
const RESULT_STORAGE = 'server-default-result-storage';
const BLOCK_ID = 'default_result_storage_block_id';
/** What a block must be able to do so that results can be written to it. */
const WRITE_PATH = 'write-path';

/** Makes a block the default place of results. NOT_FOUND when there is none, INVALID when it cannot hold results. */
export const setResultStorage = (ctx: Context, blockDocumentId: string): Promise<void> =>
  ctx.db.write(function* () {
    const document = yield* one(lockBlockDocument(blockDocumentId));
    if (document === null) {
      throw new ServerError('NOT_FOUND', `Block document ${blockDocumentId} not found.`, {
        details: { kind: 'Block document', key: blockDocumentId },
      });
    }
    const schema = yield* one(readBlockSchemaRow(document.blockSchemaId));
    if (schema?.capabilities.includes(WRITE_PATH) !== true) {
      throw new ServerError(
        'INVALID',
        `Block document ${blockDocumentId} cannot be used for result storage.`,
      );
    }
    const now = nowMicros();
    const value = json({ [BLOCK_ID]: blockDocumentId });
    yield* run(putConfiguration(newId(), now, now, RESULT_STORAGE, value));
  });

/** Leaves clients without a default place of results. */
export const clearResultStorage = (ctx: Context): Promise<void> =>
  ctx.db.write(function* () {
    yield* run(deleteConfiguration(RESULT_STORAGE));
  });

/** Clears the default place of results in the running script, if its block is gone. */
export function* clearStaleResultStorage(): Script<void> {
  const value = (yield* one(readConfiguration(RESULT_STORAGE)))?.value;
  const id = value !== undefined && isJsonObject(value) ? value[BLOCK_ID] : undefined;
  if (typeof id !== 'string') return;
  const document = yield* one(readBlockDocumentRow(id));
  if (document === null) yield* run(deleteConfiguration(RESULT_STORAGE));
}
