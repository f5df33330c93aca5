import { testEffects } from './effects/effect.ts';
import { tickEffects } from './effects/ticks.ts';

testEffects(tickEffects);
