/** Rows as aligned columns, two spaces apart; columns of numbers are set to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const numeric = widths.map((_, at) => rows.every((row) => /^-?[\d,.]*( %)?$/.test(row[at] ?? '')));
  return rows.map((row) =>
    row
      .map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
