import { expect, test } from 'vitest';

import { describeEachDatabase } from '#tests/support/database.ts';

import { ask } from './support/operations.ts';

const VIEW = 'query View($view: String!) { collectionView(view: $view) }';

describeEachDatabase('Collections over GraphQL', (db) => {
  test('there is no view of an unknown name', async () => {
    const { body } = await ask(db.ctx, VIEW, { view: 'nothing' });
    expect(body).toMatchObject({ data: { collectionView: null } });
  });

  test('kinds of workers come with the template of their pools and a logo of this server', async () => {
    const { body } = await ask(db.ctx, VIEW, { view: 'aggregate-worker-metadata' });
    expect(body.data).toMatchObject({
      collectionView: {
        'prefect-docker': {
          docker: {
            display_name: 'Docker',
            logo_url: '/logos/docker.svg',
            default_base_job_configuration: { job_configuration: { image: '{{ image }}' } },
          },
        },
      },
    });
  });
});
