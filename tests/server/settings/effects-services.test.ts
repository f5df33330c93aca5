import { testEffects } from './effects/effect.ts';
import { serviceEffects } from './effects/services.ts';

testEffects(serviceEffects);
