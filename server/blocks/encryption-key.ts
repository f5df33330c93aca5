import { type Script, one } from '#server/db/script.ts';
import { insertConfiguration } from '#server/db/sql/configuration-statements.ts';
import { readConfiguration } from '#server/db/sql/read-configuration.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { type JsonValue, isJsonObject, json } from '#server/json.ts';
import type { Settings } from '#server/settings.ts';
import { nowMicros } from '#server/time.ts';

import { newFernetKey } from './fernet.ts';

/** The key under which Prefect, too, keeps the key that it made. */
const CONFIGURATION_KEY = 'ENCRYPTION_KEY';

const keyIn = (value: JsonValue | undefined): string | null => {
  const key = value !== undefined && isJsonObject(value) ? value['fernet_key'] : undefined;
  return typeof key === 'string' ? key : null;
};

/** The key of block documents; null as long as none was set or made. */
export function* readEncryptionKey({ encryptionKey }: Settings): Script<string | null> {
  if (encryptionKey !== null) return encryptionKey;
  return keyIn((yield* one(readConfiguration(CONFIGURATION_KEY)))?.value);
}

/** The key of block documents, which is made when there is none yet. */
export function* requireEncryptionKey(settings: Settings): Script<string> {
  const known = yield* readEncryptionKey(settings);
  if (known !== null) return known;
  const now = nowMicros();
  const made = { fernet_key: newFernetKey() };
  yield* one(insertConfiguration(newId(), now, now, CONFIGURATION_KEY, json(made)));
  // Another process may have made one in the meantime: the one that is stored counts.
  const stored = yield* readEncryptionKey(settings);
  if (stored === null) {
    throw new ServerError('INVALID', 'The stored encryption key of block documents is unreadable.');
  }
  return stored;
}
