import type { BlockTypeRow } from '#prisma/tables.ts';
import { LOGO_PATH } from '#server/blocks/logo.ts';

import type { BlockTypeChanges } from './block-type-changes.ts';

/** Where the classes of Prefect's own packages have their logos. */
const PREFECT_LOGOS = [
  'https://raw.githubusercontent.com/PrefectHQ/',
  'https://images.ctfassets.net/gm98wzqotmnx/',
];

const isOfPrefect = (logo: string | null | undefined): boolean =>
  PREFECT_LOGOS.some((place) => logo?.startsWith(place) === true);

/**
 * What an update changes of a type. Stock clients send the texts and the logo of their own class whenever they save a
 * block; of a shipped type that still has the logo of this server only where its documentation is counts then, because
 * dashboards would fetch the other logo from the internet.
 */
export const withoutStockTexts = (
  changes: BlockTypeChanges,
  stored: BlockTypeRow,
): BlockTypeChanges => {
  const isShipped = stored.logoUrl?.startsWith(`${LOGO_PATH}/`) === true;
  if (!isShipped || !isOfPrefect(changes.logoUrl)) return changes;
  const { logoUrl, description, codeExample } = stored;
  return { documentationUrl: changes.documentationUrl, logoUrl, description, codeExample };
};
