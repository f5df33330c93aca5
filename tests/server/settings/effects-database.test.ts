import { databaseEffects } from './effects/database.ts';
import { testEffects } from './effects/effect.ts';

testEffects(databaseEffects);
