import Boxes from '@lucide/svelte/icons/boxes';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import FileChartColumn from '@lucide/svelte/icons/file-chart-column';
import Gauge from '@lucide/svelte/icons/gauge';
import Play from '@lucide/svelte/icons/play';
import Rocket from '@lucide/svelte/icons/rocket';
import Variable from '@lucide/svelte/icons/variable';
import Workflow from '@lucide/svelte/icons/workflow';

/** The pages that exist, in the order of the navigation. */
export const destinations = [
  { path: '/dashboard', label: 'Overview', icon: ChartNoAxesColumn },
  { path: '/runs', label: 'Runs', icon: Play },
  { path: '/flows', label: 'Flows', icon: Workflow },
  { path: '/deployments', label: 'Deployments', icon: Rocket },
  { path: '/work-pools', label: 'Work pools', icon: Boxes },
  { path: '/concurrency-limits', label: 'Concurrency', icon: Gauge },
  { path: '/artifacts', label: 'Artifacts', icon: FileChartColumn },
  { path: '/variables', label: 'Variables', icon: Variable },
] as const;
