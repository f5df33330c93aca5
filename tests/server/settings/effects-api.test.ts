import { apiEffects } from './effects/api.ts';
import { testEffects } from './effects/effect.ts';

testEffects(apiEffects);
