/** `; did you mean 'orders'?` when one candidate is near enough to be a slip of the hand, else nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const furthest = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let least = furthest + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < least) [nearest, least] = [candidate, steps];
  }
  return nearest === undefined || nearest === word ? '' : `; did you mean '${nearest}'?`;
}

/** Levenshtein, with two swapped neighbours counted as one step (optimal string alignment). */
function distance(a: string, b: string): number {
  let twoUp: number[] = [];
  let up = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = at(up, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(substituted, at(up, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(twoUp, j - 2) + 1);
      row.push(least);
    }
    [twoUp, up] = [up, row];
  }
  return at(up, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
