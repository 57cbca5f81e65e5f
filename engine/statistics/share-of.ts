interface Share {
  readonly covered: number;
  readonly of: number;
  readonly percent: string | null;
}

/** A share in percent, rounded down to one decimal, so that only all of them are 100.0; null of nothing. */
export function shareOf(covered: number, of: number): Share {
  if (of === 0) return { covered, of, percent: null };
  const tenths = (BigInt(covered) * 1_000n) / BigInt(of);
  return { covered, of, percent: `${tenths / 10n}.${tenths % 10n}` };
}

/** Whether a share is at least so many percent, a decimal as text, compared exactly; nothing of nothing is not. */
export function isAtLeast({ covered, of }: Omit<Share, 'percent'>, percent: string): boolean {
  const [whole = '0', fraction = ''] = percent.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return of > 0 && BigInt(covered) * 100n * scale >= BigInt(whole + fraction) * BigInt(of);
}
