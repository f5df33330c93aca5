import { describe, expect, test } from 'vitest';

import { decryptFernet, encryptFernet, newFernetKey } from '#server/blocks/fernet.ts';

// Sealed by Python's cryptography 46.
const KEY = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';
const TOKEN =
  'gAAAAABrBus69uL5NDhHDlwWDArZJ-KfasQYWaNxFHbUhiBlk_FeYHvkpz3a2CwkwxlS1CTJwFBh-br-IKIAD2zuhD-si09sY4gWIz-bm20phOVATxHLsx8=';

describe('fernet', () => {
  test('a token of another key or a changed one is refused', () => {
    const token = encryptFernet(KEY, 'hush');
    const changed = `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`;
    expect(() => decryptFernet(newFernetKey(), token)).toThrow(/encryption key/);
    expect(() => decryptFernet(KEY, changed)).toThrow(/encryption key/);
    expect(() => decryptFernet(KEY, '')).toThrow(/encryption key/);
    expect(() => encryptFernet('short', 'hush')).toThrow(/32 bytes/);
  });

  test('opens what Python sealed', () => {
    expect(decryptFernet(KEY, TOKEN)).toBe('{"value": "hüsh"}');
  });

  test('opens what it sealed, each time another text', () => {
    const [one, other] = [
      encryptFernet(KEY, 'ä'.repeat(1000)),
      encryptFernet(KEY, 'ä'.repeat(1000)),
    ];
    expect(one).not.toBe(other);
    expect(decryptFernet(KEY, one)).toBe('ä'.repeat(1000));
  });
});
