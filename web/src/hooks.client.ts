import type { ClientInit } from '@sveltejs/kit/hooks';

import { mendBrowserLanguage } from '#lib/time/locale.ts';

export const init: ClientInit = () => mendBrowserLanguage();
