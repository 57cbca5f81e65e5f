/** dbt's closing line over check statuses, with the statuses that Tickmark adds. */
export function doneLine(checks: readonly { readonly status: string }[]): string {
  const count = (status: string): number => checks.filter((check) => check.status === status).length;
  return `Done. PASS=${count('pass')} WARN=${count('warn')} FAIL=${count('fail')} ERROR=${count('error')} SKIP=0 NO_DATA=${count('no_data')} TOTAL=${checks.length}`;
}
