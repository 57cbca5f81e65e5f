/** dbt's closing line over check statuses, with the statuses that Tickmark adds; a waived failure counts as waived only. */
export function doneLine(checks: readonly { readonly status: string; readonly waiver?: object | null }[]): string {
  const waived = checks.filter((check) => Boolean(check.waiver)).length;
  const count = (status: string): number => checks.filter((check) => check.status === status && !check.waiver).length;
  return `Done. PASS=${count('pass')} WARN=${count('warn')} FAIL=${count('fail')} ERROR=${count('error')} SKIP=${count('skipped')} NO_DATA=${count('no_data')}${waived > 0 ? ` WAIVED=${waived}` : ''} TOTAL=${checks.length}`;
}
