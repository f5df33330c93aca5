import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { serveLogo } from '#server/http/logos.ts';

const server = createServer(serveLogo);
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of that form.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

describe('logos', () => {
  test.each([
    '/logos/nobody.svg',
    '/logos/aws',
    '/logos',
    '/logos/constructor.svg',
    '/logos/%2e.svg',
  ])('there is none at %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(404);
  });

  test('one is a drawing that can do nothing else', async () => {
    const response = await fetch(`${url}/logos/process.svg?v=1`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/svg+xml');
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(await response.text()).toContain('&gt;_</text></svg>');
  });

  test('one can be asked for without being sent', async () => {
    const response = await fetch(`${url}/logos/aws.svg`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(200);
  });
});
