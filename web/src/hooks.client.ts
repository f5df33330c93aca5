import type { ClientInit } from '@sveltejs/kit';

import { mendBrowserLanguage } from '#lib/time/locale.ts';

export const init: ClientInit = () => mendBrowserLanguage();
