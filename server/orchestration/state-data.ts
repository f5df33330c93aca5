import { type JsonObject, type JsonValue, isJsonObject } from '#server/json.ts';

/** What a state says about a result that nobody keeps. */
const isUnpersisted = (data: JsonValue): boolean =>
  isJsonObject(data) && data['type'] === 'unpersisted';

/** Whether a state's data is to be stored at all. */
export const isStored = (data: JsonValue): boolean => data !== null && !isUnpersisted(data);

/** Whether a state's data tells where the run's result lies. */
export const isPersistedResult = (data: JsonValue): data is JsonObject =>
  isJsonObject(data) && Object.keys(data).length > 0 && !isUnpersisted(data);
