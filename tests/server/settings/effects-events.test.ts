import { testEffects } from './effects/effect.ts';
import { eventEffects } from './effects/events.ts';

testEffects(eventEffects);
