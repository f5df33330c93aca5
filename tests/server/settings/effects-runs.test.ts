import { testEffects } from './effects/effect.ts';
import { runEffects } from './effects/runs.ts';

testEffects(runEffects);
