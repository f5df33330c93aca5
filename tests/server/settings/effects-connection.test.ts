import { connectionEffects } from './effects/connection.ts';
import { testEffects } from './effects/effect.ts';

testEffects(connectionEffects);
