import type { DocumentReference } from '#server/blocks/document-data.ts';
import { type Script, one, rows, run } from '#server/db/script.ts';
import {
  deleteBlockDocumentReference,
  insertBlockDocumentReference,
  lockBlockDocument,
  readReferencesOf,
} from '#server/db/sql/block-document-statements.ts';
import { ServerError } from '#server/errors.ts';
import { newId } from '#server/ids.ts';
import { nowMicros } from '#server/time.ts';

/** Whether a document can be reached from another one. The way is locked, so that two changes cannot close a circle together. */
function* leadsTo(from: string, target: string): Script<boolean> {
  const visited = new Set<string>();
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === target) return true;
    if (visited.has(id)) continue;
    visited.add(id);
    yield* one(lockBlockDocument(id));
    const references = yield* rows(readReferencesOf(id));
    waiting.push(...references.map(({ referenceBlockDocumentId }) => referenceBlockDocumentId));
  }
  return false;
}

/** Notes what a document refers to. BAD_REQUEST when it would come to contain itself. */
export function* addReferences(
  parentId: string,
  references: readonly DocumentReference[],
): Script<void> {
  for (const { name, documentId } of references) {
    if (yield* leadsTo(documentId, parentId)) {
      throw new ServerError(
        'BAD_REQUEST',
        `Cannot create block document reference: it would introduce a cycle into the block_document_reference graph (parent=${parentId}, reference=${documentId}).`,
      );
    }
    const now = nowMicros();
    yield* run(insertBlockDocumentReference(newId(), now, now, name, parentId, documentId));
  }
}

/** Makes a document refer to exactly these others; references that stay are left as they are. */
export function* replaceReferences(
  parentId: string,
  references: readonly DocumentReference[],
): Script<void> {
  const stored = yield* rows(readReferencesOf(parentId));
  const isNew = ({ name, documentId }: DocumentReference): boolean =>
    !stored.some((row) => row.name === name && row.referenceBlockDocumentId === documentId);
  yield* addReferences(parentId, references.filter(isNew));
  for (const row of stored) {
    const stays = references.some(
      ({ name, documentId }) => row.name === name && row.referenceBlockDocumentId === documentId,
    );
    if (!stays) yield* run(deleteBlockDocumentReference(row.id));
  }
}
