import { expect, test } from 'vitest';

import { measureFirstLoads } from './first-load.ts';

const mostKibibytes = 150;

test(`every page loads at most ${mostKibibytes} KiB of compressed script before it can be used`, async ({
  skip,
}) => {
  const pages = await measureFirstLoads();
  if (pages === null) return skip('the dashboard is not built: run `npm run build`');
  const heavy = pages.filter(({ gzipBytes }) => gzipBytes > mostKibibytes * 1024);

  expect(pages.length).toBeGreaterThan(8);
  expect(heavy).toEqual([]);
});
