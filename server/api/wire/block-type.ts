import type { BlockTypeRow } from '#prisma/tables.ts';
import { logoAddress } from '#server/blocks/logo.ts';
import type { BlockTypeChanges } from '#server/commands/block-type/block-type-changes.ts';
import type { NewBlockType } from '#server/commands/block-type/block-type-commands.ts';
import { formatInstant } from '#server/time.ts';

import type { Schema } from './pydantic/refusal.ts';
import { type TextRules, nameText, text } from './pydantic/scalar.ts';
import { model } from './pydantic/shapes.ts';

/** Text of lower-case letters, figures and dashes, refused in the words of Prefect. */
export const slugText = (what: string, rules: Pick<TextRules, 'pattern'> = {}): Schema<string> =>
  text({
    ...rules,
    fault: (given) =>
      /^[a-z0-9-]*$/.test(given)
        ? null
        : `${what} must only contain lowercase letters, numbers, and dashes.`,
  });

const optionalText = text().nullable().optional();

const texts = {
  logo_url: optionalText,
  documentation_url: optionalText,
  description: optionalText,
  code_example: optionalText,
};

interface Texts {
  readonly logo_url?: string | null | undefined;
  readonly documentation_url?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly code_example?: string | null | undefined;
}

const textsFromWire = (given: Texts): BlockTypeChanges => ({
  logoUrl: given.logo_url,
  documentationUrl: given.documentation_url,
  description: given.description,
  codeExample: given.code_example,
});

/** The body that makes a block type. */
export const newBlockType: Schema<NewBlockType> = model({
  name: nameText,
  slug: slugText('Block type slug'),
  ...texts,
}).transform(({ name, slug, ...rest }) => ({ name, slug, ...textsFromWire(rest) }));

/** The body that changes a block type. */
export const blockTypeChanges: Schema<BlockTypeChanges> = model(texts).transform(textsFromWire);

/** A block type as it is answered; `own` is the address of this server, where its own logos are. */
export const blockTypeToWire = (blockType: BlockTypeRow, own: string) => ({
  id: blockType.id,
  created: formatInstant(blockType.created),
  updated: formatInstant(blockType.updated),
  name: blockType.name,
  slug: blockType.slug,
  logo_url: logoAddress(blockType.logoUrl, own),
  documentation_url: blockType.documentationUrl,
  description: blockType.description,
  code_example: blockType.codeExample,
  is_protected: blockType.isProtected,
});
