import type { Fields } from './schema-checksum.ts';

/** A block type that is there without anybody having registered it. */
export interface SystemBlock {
  readonly name: string;
  readonly slug: string;
  readonly logoUrl: string;
  readonly documentationUrl: string;
  readonly description: string;
  readonly codeExample: string;
  readonly capabilities: readonly string[];
  /** What clients know of the block. Its texts are part of the checksum by which they recognise it. */
  readonly fields: Fields;
}

const LOGOS =
  'https://raw.githubusercontent.com/PrefectHQ/prefect/420d0d6a78bb6df1fc18bcf188fdad43c1d22ea9/assets/block-logos';
const DOCUMENTATION = 'https://www.prefect.io/docs/latest';

const secret: SystemBlock = {
  name: 'Secret',
  slug: 'secret',
  logoUrl: `${LOGOS}/secret.png`,
  documentationUrl: `${DOCUMENTATION}/develop/blocks`,
  description:
    'Keeps one value that nobody should read by accident, such as a password or a token.',
  codeExample: `\`\`\`python
from prefect.blocks.system import Secret

token = Secret.load("my-token").get()
\`\`\``,
  capabilities: [],
  fields: {
    block_type_slug: 'secret',
    block_schema_references: {},
    description:
      'A block that represents a secret value. The value stored in this block will be obfuscated when this block is viewed or edited in the UI.',
    properties: {
      value: {
        anyOf: [
          { format: 'password', type: 'string', writeOnly: true },
          { title: 'string', type: 'string' },
          { $ref: '#/definitions/JsonValue', title: 'JSON' },
        ],
        description: 'A value that should be kept secret.',
        examples: ['sk-1234567890', { password: 's3cr3t', username: 'johndoe' }],
        format: 'password',
        title: 'Value',
        writeOnly: true,
        position: 0,
      },
    },
    required: ['value'],
    secret_fields: ['value', 'value'],
    title: 'Secret',
    type: 'object',
    definitions: { JsonValue: {} },
  },
};

const localFileSystem: SystemBlock = {
  name: 'Local File System',
  slug: 'local-file-system',
  logoUrl: `${LOGOS}/filesystem.png`,
  documentationUrl: `${DOCUMENTATION}/develop/results#specifying-a-default-filesystem`,
  description: 'Reads and writes files below a folder of the machine that runs the flow.',
  codeExample: `\`\`\`python
from prefect.filesystems import LocalFileSystem

folder = LocalFileSystem.load("my-folder")
folder.write_path("greeting.txt", b"hello")
\`\`\``,
  capabilities: ['read-path', 'write-path', 'get-directory', 'put-directory'],
  fields: {
    block_type_slug: 'local-file-system',
    block_schema_references: {},
    description: 'Store data as a file on a local file system.',
    properties: {
      basepath: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        description: 'Default local path for this block to write to.',
        title: 'Basepath',
        position: 0,
      },
    },
    secret_fields: [],
    title: 'LocalFileSystem',
    type: 'object',
  },
};

const webhook: SystemBlock = {
  name: 'Webhook',
  slug: 'webhook',
  logoUrl: `${LOGOS}/webhook.png`,
  documentationUrl: `${DOCUMENTATION}/automate/events/webhook-triggers`,
  description: 'Sends HTTP requests to an address of your choice.',
  codeExample: `\`\`\`python
from prefect.blocks.webhook import Webhook

await Webhook.load("my-webhook").call({"text": "hello"})
\`\`\``,
  capabilities: [],
  fields: {
    block_type_slug: 'webhook',
    block_schema_references: {},
    description: 'Block that enables calling webhooks.',
    properties: {
      method: {
        default: 'POST',
        description: 'The webhook request method. Defaults to `POST`.',
        enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        title: 'Method',
        type: 'string',
        position: 0,
      },
      url: {
        description: 'The webhook URL.',
        examples: ['https://hooks.slack.com/XXX'],
        format: 'password',
        title: 'Webhook URL',
        type: 'string',
        writeOnly: true,
        position: 1,
      },
      headers: {
        description: 'A dictionary of headers to send with the webhook request.',
        title: 'Webhook Headers',
        type: 'object',
        position: 2,
      },
      allow_private_urls: {
        default: true,
        description: 'Whether to allow notifications to private URLs. Defaults to True.',
        title: 'Allow Private Urls',
        type: 'boolean',
        position: 3,
      },
      verify: {
        default: true,
        description: 'Whether or not to enforce a secure connection to the webhook.',
        title: 'Verify',
        type: 'boolean',
        position: 4,
      },
    },
    required: ['url'],
    secret_fields: ['url', 'headers.*'],
    title: 'Webhook',
    type: 'object',
  },
};

/** The block types that flows rely on without registering them. */
export const SYSTEM_BLOCKS: readonly SystemBlock[] = [webhook, secret, localFileSystem];
