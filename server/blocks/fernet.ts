import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

import { ServerError } from '#server/errors.ts';
import { MICROS_PER_SECOND, nowMicros } from '#server/time.ts';

// The format of Python's `cryptography` package, in which Prefect keeps block documents: version, time, IV,
// ciphertext, signature. The npm package of that name is unmaintained and brings a cipher library of its own.
const VERSION = 0x80;
const KEY_BYTES = 32;
const IV_BYTES = 16;
const SIGNATURE_BYTES = 32;
const HEAD_BYTES = 1 + 8 + IV_BYTES;

/** A new key: 32 random bytes in URL-safe base64. */
export const newFernetKey = (): string => toBase64Url(randomBytes(KEY_BYTES));

const toBase64Url = (bytes: Buffer): string =>
  bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');

const parseKey = (key: string): { readonly signing: Buffer; readonly encryption: Buffer } => {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== KEY_BYTES) {
    throw new ServerError('INVALID', 'The encryption key must be 32 bytes in URL-safe base64.');
  }
  return { signing: bytes.subarray(0, 16), encryption: bytes.subarray(16) };
};

const sign = (key: Buffer, content: Buffer): Buffer =>
  createHmac('sha256', key).update(content).digest();

export const encryptFernet = (key: string, text: string): string => {
  const { signing, encryption } = parseKey(key);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.writeBigUInt64BE(BigInt(Math.floor(nowMicros() / MICROS_PER_SECOND)), 1);
  const iv = randomBytes(IV_BYTES);
  iv.copy(head, HEAD_BYTES - IV_BYTES);
  const cipher = createCipheriv('aes-128-cbc', encryption, iv);
  const content = Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final()]);
  return toBase64Url(Buffer.concat([content, sign(signing, content)]));
};

/** Opens a token. INVALID when it was sealed with another key or changed since. */
export const decryptFernet = (key: string, token: string): string => {
  const { signing, encryption } = parseKey(key);
  const bytes = Buffer.from(token, 'base64url');
  const content = bytes.subarray(0, -SIGNATURE_BYTES);
  const signature = bytes.subarray(-SIGNATURE_BYTES);
  const isGenuine =
    bytes.length > HEAD_BYTES + SIGNATURE_BYTES &&
    content[0] === VERSION &&
    timingSafeEqual(signature, sign(signing, content));
  if (!isGenuine) {
    throw new ServerError(
      'INVALID',
      'A block document cannot be read with the encryption key of this server.',
    );
  }
  const iv = content.subarray(HEAD_BYTES - IV_BYTES, HEAD_BYTES);
  const decipher = createDecipheriv('aes-128-cbc', encryption, iv);
  return Buffer.concat([decipher.update(content.subarray(HEAD_BYTES)), decipher.final()]).toString(
    'utf8',
  );
};
