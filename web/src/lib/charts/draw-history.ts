import uPlot from 'uplot';

import 'uplot/dist/uPlot.min.css';
import type { StackedHistory } from '#lib/charts/history.ts';
import { formatAxisDay, formatAxisHour } from '#lib/time/format.ts';

type HistoryDrawing = {
  readonly history: StackedHistory;
  /** Changes with theme and palette, so that the caller draws anew. */
  readonly look: string;
  readonly height: number;
  readonly onPoint: (index: number | null) => void;
  readonly onSelect: (after: string, before: string) => void;
};

const daySeconds = 86_400;

/** The hour, or the day at midnight and where a bar lasts half a day or longer. */
const axisLabel = (seconds: number, { bucketSeconds }: StackedHistory): string => {
  const isMidnight = new Date(seconds * 1000).getHours() === 0;
  return isMidnight || bucketSeconds >= daySeconds / 2
    ? formatAxisDay(seconds * 1000)
    : formatAxisHour(seconds * 1000);
};

const toInstant = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Running sums of the layers: bars are drawn from the highest sum down, each over the last. */
const cumulate = ({ layers }: StackedHistory): readonly (readonly number[])[] => {
  const sums: number[][] = [];
  for (const { counts } of layers) {
    const below = sums.at(-1);
    sums.push(counts.map((count, index) => count + (below?.[index] ?? 0)));
  }
  return sums.toReversed();
};

const axis = (color: (name: string) => string): uPlot.Axis => ({
  stroke: color('--text-muted'),
  font: `11px ${getComputedStyle(document.body).fontFamily}`,
  grid: { stroke: color('--border'), width: 1 },
  ticks: { show: false },
});

const optionsOf = (element: HTMLElement, drawing: HistoryDrawing): uPlot.Options => {
  const { history, height, onPoint, onSelect } = drawing;
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars?.({ size: [0.78, 60], align: 1, radius: 0.15 });
  return {
    width: element.clientWidth,
    height,
    // The last label stands half beyond the last bar.
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { range: (_plot, from, until) => [from, until + history.bucketSeconds] },
      y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.08)] },
    },
    axes: [
      {
        ...axis(color),
        grid: { show: false },
        size: 26,
        space: 84,
        values: (_plot, splits) => splits.map((seconds) => axisLabel(seconds, history)),
      },
      { ...axis(color), size: 38, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000] },
    ],
    series: [
      {},
      ...history.layers.toReversed().map(({ type }) => ({
        fill: color(`--state-${type.toLowerCase()}`),
        width: 0,
        points: { show: false },
        ...(bars !== undefined && { paths: bars }),
      })),
    ],
    hooks: {
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width > 0) {
            onSelect(
              toInstant(plot.posToVal(left, 'x')),
              toInstant(plot.posToVal(left + width, 'x')),
            );
          }
        },
      ],
    },
  };
};

/** Draws stacked bars into an element and keeps their width; answers how to take them away. */
export const drawHistory = (element: HTMLElement, drawing: HistoryDrawing): (() => void) => {
  const { history, height } = drawing;
  const data: uPlot.AlignedData = [
    [...history.starts],
    ...cumulate(history).map((sums) => [...sums]),
  ];
  const plot = new uPlot(optionsOf(element, drawing), data, element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
};
