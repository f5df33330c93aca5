import { builder } from '../builder.ts';

builder.queryType({ description: 'What can be read.' });
builder.subscriptionType({ description: 'What can be followed.' });
