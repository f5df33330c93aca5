import {
  type Collection,
  type ShippedBlockType,
  type ShippedSchema,
  type ShippedWorkerType,
  readCatalogue,
} from '#server/blocks/catalogue.ts';
import { logoAddress, logoPath } from '#server/blocks/logo.ts';
import type { Fields } from '#server/blocks/schema-checksum.ts';
import type { Context } from '#server/context.ts';

type View = (collections: readonly Collection[], parts: ViewParts) => Fields;

interface ViewParts {
  readonly prefectVersion: string;
  /** The address of this server, where the logos are. */
  readonly own: string;
}

const workerType = (worker: ShippedWorkerType, own: string): Fields => ({
  type: worker.type,
  display_name: worker.displayName,
  description: worker.description,
  documentation_url: worker.documentationUrl,
  install_command: worker.installCommand,
  is_beta: worker.isBeta,
  logo_url: logoAddress(logoPath(worker.logo), own),
  default_base_job_configuration: worker.defaultBaseJobTemplate,
});

const newestSchema = (schema: ShippedSchema, prefectVersion: string): Fields => ({
  checksum: schema.checksum,
  fields: schema.fields,
  capabilities: schema.capabilities,
  version: schema.version ?? prefectVersion,
});

const blockType = (block: ShippedBlockType, { own, prefectVersion }: ViewParts): Fields => {
  // Those that came to be inside of others have no version of their own.
  const schema = block.schemas.findLast(({ version }) => version !== 'non-versioned');
  return {
    name: block.name,
    slug: block.slug,
    logo_url: logoAddress(logoPath(block.logo), own),
    documentation_url: block.documentationUrl ?? null,
    description: block.description ?? null,
    code_example: block.codeExample,
    block_schema: schema === undefined ? null : newestSchema(schema, prefectVersion),
  };
};

const workers: View = (collections, { own }) =>
  Object.fromEntries(
    collections
      .filter(({ workerTypes }) => workerTypes.length > 0)
      .map(({ name, workerTypes }) => [
        name,
        Object.fromEntries(workerTypes.map((worker) => [worker.type, workerType(worker, own)])),
      ]),
  );

const blocks: View = (collections, parts) =>
  Object.fromEntries(
    collections.map(({ name, blockTypes }) => [
      name,
      {
        block_types: Object.fromEntries(
          blockTypes.map((block) => [block.slug, blockType(block, parts)]),
        ),
      },
    ]),
  );

let catalogue: readonly Collection[] | null = null;

// A part of the program, so it stays the same; to read it anew for each call took 10 ms.
const loadedCatalogue = (): readonly Collection[] => {
  catalogue ??= readCatalogue();
  return catalogue;
};

const VIEWS: ReadonlyMap<string, View> = new Map([
  ['aggregate-worker-metadata', workers],
  ['aggregate-block-metadata', blocks],
  // The original asks the network for these. No collection brings flows here.
  ['aggregate-flow-metadata', () => ({})],
  ['demo-flows', () => ({})],
]);

/**
 * What Prefect's collections bring, in the form of the named view of Prefect's registry; numbers keep their spelling.
 * Null when there is no view of that name. Logos stand under `own`, the address of this server.
 */
export const readCollectionView = (
  { settings }: Context,
  { view, own }: { readonly view: string; readonly own: string },
): Fields | null => {
  const { prefectVersion } = settings;
  return VIEWS.get(view)?.(loadedCatalogue(), { prefectVersion, own }) ?? null;
};
