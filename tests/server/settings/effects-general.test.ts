import { testEffects } from './effects/effect.ts';
import { generalEffects } from './effects/general.ts';

testEffects(generalEffects);
