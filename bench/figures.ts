import type { Cost } from './command.ts';

/** One line of the table: what was asked, what came out. */
export interface Line {
  readonly measure: string;
  /** Largest value that meets the goal; null for a line that only tells. */
  readonly goal: number | null;
  readonly value: number | null;
  readonly unit: '' | 's' | 'MB' | 's per million rows';
  readonly note: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
}

/** Processor time of everything: the command's processes and the server's. */
export function cpuMs({ clientMs, serverMs }: Cost): number {
  return clientMs + serverMs;
}

/**
 * The cost of one way in those of another, in processor time and in wall: the median of the rounds' ratios, so that a busier
 * moment weighs on both, over the rounds that both took part in.
 */
export function ratioLines(
  measure: string,
  goal: number | null,
  costs: readonly Cost[],
  anchors: readonly Cost[],
): readonly Line[] {
  const pairs = costs.flatMap((cost, round) => {
    const anchor = anchors[round];
    return anchor === undefined ? [] : [{ cost, anchor }];
  });
  const of = (name: string, figure: (cost: Cost) => number): Line => {
    const ratios = pairs.map(({ cost, anchor }) => figure(cost) / figure(anchor));
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    const note = `${ratios.length} pairs, ${least} to ${most}`;
    return { measure: `${measure}, ${name}`, goal, value: median(ratios), unit: '', note };
  };
  return [of('CPU', cpuMs), of('wall', ({ wallMs }) => wallMs)];
}

export function tableOf(lines: readonly Line[]): readonly string[] {
  const rows = lines.map(({ measure, goal, value, unit, note }) => {
    const print = (number: number): string => `${number.toFixed(unit === 'MB' ? 0 : 2)}${unit ? ` ${unit}` : ''}`;
    const verdict = goal === null || value === null ? '' : value <= goal ? 'met' : 'MISSED';
    return [measure, goal === null ? '' : `<= ${print(goal)}`, value === null ? 'none' : print(value), verdict, note];
  });
  const heads = ['measure', 'goal', 'figure', '', 'of'];
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [heads, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One way's medians in absolute figures, for reading beside the ratios. */
export function describeCosts(name: string, costs: readonly Cost[]): string {
  const seconds = (of: (cost: Cost) => number): string => `${(median(costs.map(of)) / 1_000).toFixed(2)} s`.padStart(9);
  const peak = Math.max(...costs.map(({ peakBytes }) => peakBytes)) / 1e6;
  return [
    name.padEnd(26),
    `wall ${seconds(({ wallMs }) => wallMs)}`,
    `client CPU ${seconds(({ clientMs }) => clientMs)}`,
    `server CPU ${seconds(({ serverMs }) => serverMs)}`,
    `peak ${peak.toFixed(0).padStart(5)} MB`,
    `n = ${costs.length}`,
  ].join('  ');
}
