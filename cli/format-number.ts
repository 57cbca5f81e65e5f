/** Decimal text with thousands separated for people: 28160 -> 28,160. Anything else is left as it is. */
export function formatNumber(text: string): string {
  const [, sign, whole, fraction] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  return `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction ?? ''}`;
}

export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${durationMs} ms`;
  return `${(durationMs / 1_000).toFixed(durationMs < 10_000 ? 2 : 1)} s`;
}
