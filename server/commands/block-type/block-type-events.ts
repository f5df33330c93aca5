import type { BlockTypeRow } from '#prisma/tables.ts';
import type { Script } from '#server/db/script.ts';
import { lifecycleEvent } from '#server/events/lifecycle-event.ts';
import { recordEvent } from '#server/events/record.ts';

/** Records that a block type was made, changed or removed. */
export function* recordBlockType(
  action: 'created' | 'updated' | 'deleted',
  blockType: BlockTypeRow,
): Script<void> {
  const { id, name } = blockType;
  const payload = {
    name,
    slug: blockType.slug,
    logo_url: blockType.logoUrl,
    documentation_url: blockType.documentationUrl,
    description: blockType.description,
    code_example: blockType.codeExample,
    is_protected: blockType.isProtected,
  };
  yield* recordEvent(lifecycleEvent({ kind: 'block-type', action, id, name, payload }));
}
