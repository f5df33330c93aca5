import { testEffects } from '../settings/effects/effect.ts';
import { postgresqlEffects } from '../settings/effects/postgresql.ts';

testEffects(postgresqlEffects);
