import { hashRelation } from '../../engine/evidence/hash-relation.ts';
import type { RunReport } from '../../engine/evidence/run-report.ts';
import { landedBatches, standingBatches } from '../../engine/evidence/landed-batches.ts';
import { verifyLanded } from '../../engine/evidence/verify-landed.ts';
import { verifyLedger } from '../../engine/evidence/verify-ledger.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';

/** The one that a test world gives its workers. */
const evidenceKey = evidenceKeyFrom({ TICKMARK_EVIDENCE_KEY: 'ab'.repeat(32) });

/** Every figure of a run that must not depend on what happened on the way, and what the warehouse holds after it. */
export async function readFigures(report: RunReport, warehouse: Warehouse) {
  const { status, reason, pulls, checks, kris, controls, publication, publishedTables } = report;
  const published = [];
  for (const { name } of publishedTables) {
    published.push({ name, ...(await hashRelation(warehouse, `select * from published.${name}`)) });
  }
  const landed = [];
  for (const batch of standingBatches(await landedBatches(warehouse))) {
    const { source, table } = batch;
    const { rows, intact, faults } = await verifyLanded(batch, { warehouse, evidenceKey });
    const [kept] = await warehouse.query(`select count(*)::text as rows from raw_${source}.${table}__history`);
    landed.push({ source, table, rows, intact, faults, everLanded: kept?.['rows'] });
  }
  const relations = await warehouse.query(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'v') and n.nspname !~ '^pg_|^information_schema$' order by 1`,
  );
  const alerts = report.alerts.map(({ subject, status: told, route }) => ({ subject, status: told, route }));
  const failing = await hashRelation(
    warehouse,
    `select check_id, row_no, subject_id, reason, amount, occurred_at from audit.failing_rows where run_id = '${report.runId}'`,
  );
  return {
    status,
    reason,
    pulls,
    checks,
    kris,
    controls,
    publication,
    published,
    failing,
    alerts,
    landed,
    relations: relations.map(({ name }) => name),
    brokenLedgerEntry: (await verifyLedger(warehouse)).broken,
  };
}
