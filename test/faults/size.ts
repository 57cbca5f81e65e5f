/** A drill's size: that of CI, or all of it with TICKMARK_DRILL=full. TICKMARK_DRILL=<number> is a size to try a drill with. */
export function drillSize(sizes: { readonly ci: number; readonly full: number }): number {
  const asked = process.env['TICKMARK_DRILL'] ?? 'ci';
  if (asked === 'full' || asked === 'ci') return sizes[asked];
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1) throw new Error(`TICKMARK_DRILL is full, ci or a number, not ${asked}`);
  return size;
}
