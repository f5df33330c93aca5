import { memoryUsage, resourceUsage } from 'node:process';

import type { Context } from '#server/context.ts';
import {
  type ServiceView,
  readServiceProgress,
} from '#server/queries/service/read-service-progress.ts';
import { MICROS_PER_SECOND } from '#server/time.ts';

import { plain } from './reply.ts';
import { type Route, route } from './route.ts';

interface Family {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

const print = ({ name, kind, help, samples }: Family): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...samples.map(({ labels, value }) => `${name}${labels} ${value}`),
  ].join('\n');

const single = (value: number): Family['samples'] => [{ labels: '', value }];

const processFamilies = (): readonly Family[] => {
  const { userCPUTime, systemCPUTime } = resourceUsage();
  return [
    {
      name: 'process_cpu_seconds_total',
      kind: 'counter',
      help: 'CPU time of this process.',
      samples: single((userCPUTime + systemCPUTime) / 1_000_000),
    },
    {
      name: 'process_resident_memory_bytes',
      kind: 'gauge',
      help: 'Memory of this process.',
      samples: single(memoryUsage.rss()),
    },
  ];
};

const serviceFamilies = (services: readonly ServiceView[]): readonly Family[] => {
  const each = (value: (service: ServiceView) => number | null): Family['samples'] =>
    services.flatMap((service) => {
      const number = value(service);
      return number === null ? [] : [{ labels: `{service="${service.name}"}`, value: number }];
    });
  return [
    {
      name: 'prefect_server_service_ticks_total',
      kind: 'counter',
      help: 'Ticks of a service since its process took it up.',
      samples: each(({ ticks }) => ticks),
    },
    {
      name: 'prefect_server_service_failures_total',
      kind: 'counter',
      help: 'Ticks of a service that failed.',
      samples: each(({ failures }) => failures),
    },
    {
      name: 'prefect_server_service_last_tick_timestamp_seconds',
      kind: 'gauge',
      help: 'When the last tick of a service ended.',
      samples: each(({ lastTickAt }) =>
        lastTickAt === null ? null : lastTickAt / MICROS_PER_SECOND,
      ),
    },
    {
      name: 'prefect_server_service_duration_seconds',
      kind: 'gauge',
      help: 'How long the last tick of a service took.',
      samples: each(({ durationSeconds }) => durationSeconds),
    },
    {
      name: 'prefect_server_service_lag_seconds',
      kind: 'gauge',
      help: 'How late the next tick of a service is.',
      samples: each(({ lagSeconds }) => lagSeconds),
    },
    {
      name: 'prefect_server_service_result',
      kind: 'gauge',
      help: 'What the last tick of a service counted.',
      samples: services.flatMap(({ name, result }) =>
        Object.entries(result ?? {}).map(([count, value]) => ({
          labels: `{service="${name}",count="${count}"}`,
          value,
        })),
      ),
    },
  ];
};

/** Figures for Prometheus, where the settings ask for them. */
export const metricsRoutes = (ctx: Context): readonly Route[] =>
  ctx.settings.metricsEnabled
    ? [
        route({
          method: 'GET',
          path: '/metrics',
          allowsAnyVersion: true,
          handle: async () => {
            const families = [
              ...processFamilies(),
              ...serviceFamilies(await readServiceProgress(ctx)),
            ];
            return plain(`${families.map(print).join('\n')}\n`, 200, {
              'content-type': 'text/plain; version=0.0.4; charset=utf-8',
            });
          },
        }),
      ]
    : [];
