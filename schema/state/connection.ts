import { defineConnection } from '../shared/define-connection.ts';
import { State, type StateShape } from './object.ts';

export const StateConnection = defineConnection<StateShape>(
  { name: 'State', plural: 'states' },
  State,
);
