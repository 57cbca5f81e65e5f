import { Decimal } from 'decimal.js';

// Enough for any numeric(38, x); Decimal's own default of 20 digits would round.
const Exact = Decimal.clone({ precision: 60 });

/** What stands where there is no value: never a zero. */
export const NO_VALUE = '–';

/** `28160.500000` as `28,160.5`: grouped, without trailing zeros, and otherwise the same number. */
export function formatDecimal(value: string | null): string {
  if (value === null) return NO_VALUE;
  const [whole = '', fraction = ''] = new Exact(value).toFixed().split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return fraction === '' ? grouped : `${grouped}.${fraction}`;
}

/** As `formatDecimal`, with the two places that money has. */
export function formatAmount(value: string | null): string {
  if (value === null) return NO_VALUE;
  const places = Math.max(2, new Exact(value).decimalPlaces());
  const [whole = '', fraction = ''] = new Exact(value).toFixed(places).split('.');
  return `${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`;
}

/** A fraction from 0 to 1 as percent: `0.000301` is `0.0301 %`. */
export function formatRate(rate: string | null): string {
  return rate === null ? NO_VALUE : `${formatDecimal(new Exact(rate).times(100).toFixed())} %`;
}

/** A share that is in percent already: `0.05` is `0.05 %`. */
export function formatPercentage(percentage: string | null): string {
  return percentage === null ? NO_VALUE : `${formatDecimal(percentage)} %`;
}

/** `850 ms`, `12.4 s`, `3 min 5 s`, `1 h 2 min`. */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return NO_VALUE;
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(Math.floor(durationMs / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const instantFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** `22 Nov 2026, 02:00 UTC`. */
export function formatInstant(instant: string): string {
  return `${instantFormat.format(new Date(instant))} UTC`;
}

/** `1 check`, `2 checks`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
