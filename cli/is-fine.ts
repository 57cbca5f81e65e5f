/** Whether a check leaves the exit code at 0: it passed, warned or is waived; or it had no data and says that this holds nothing back. */
export function isFine(check: {
  readonly status: string;
  readonly blocking: boolean;
  readonly waiver?: object | null | undefined;
}): boolean {
  const { status, blocking, waiver } = check;
  return status === 'pass' || status === 'warn' || (waiver ?? null) !== null || (status === 'no_data' && !blocking);
}
