import type { Context } from '#server/context.ts';
import { one } from '#server/db/script.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { isJsonObject } from '#server/json.ts';

/** The key under which the default place of results is kept. */
const RESULT_STORAGE = 'server-default-result-storage';

/** The id of the block in which results are kept by default, or null. */
export const readResultStorage = async (ctx: Context): Promise<string | null> => {
  const row = await ctx.db.read(() => one(readConfiguration(RESULT_STORAGE)));
  const value = isJsonObject(row?.value) ? row.value : {};
  const id = value['default_result_storage_block_id'];
  return typeof id === 'string' ? id : null;
};
