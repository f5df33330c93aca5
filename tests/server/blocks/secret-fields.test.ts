import { describe, expect, test } from 'vitest';

import { keepMaskedSecrets, maskSecrets } from '#server/blocks/secret-fields.ts';

const data = { url: 'u', token: 's3cret', deep: { a: 1, b: { c: 'x' } }, empty: null };

describe('secret fields', () => {
  test('are masked at their path, and below a star at every leaf', () => {
    expect(maskSecrets(data, ['token', 'deep.*', 'missing', 'empty', 'url.more'])).toEqual({
      url: 'u',
      token: '********',
      deep: { a: '********', b: { c: '********' } },
      empty: null,
    });
  });

  test('that hold nothing do not tell so', () => {
    const empty = { secrets: {}, more: { none: {} } };
    expect(maskSecrets(empty, ['secrets.*', 'more.*'])).toEqual({
      secrets: '********',
      more: { none: '********' },
    });
    const sent = { secrets: '********', more: { none: '********' } };
    expect(
      keepMaskedSecrets(sent, { stored: empty, secretFields: ['secrets.*', 'more.*'] }),
    ).toEqual(empty);
  });

  test('that come back masked keep their stored value', () => {
    const sent = { url: 'new', token: '********', deep: { a: '********', b: { c: 'other' } } };
    expect(keepMaskedSecrets(sent, { stored: data, secretFields: ['token', 'deep.*'] })).toEqual({
      url: 'new',
      token: 's3cret',
      deep: { a: 1, b: { c: 'other' } },
    });
  });
});
