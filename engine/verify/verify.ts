import type { TieOut } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { once } from '../evidence/ledger.ts';
import { relation } from '../sql-text.ts';
import { findPulls } from '../warehouse/find-pulls.ts';
import { landedSchema } from '../warehouse/landed-table.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { dropBeside } from '../warehouse/drop-beside.ts';
import { putInPlace } from './put-in-place.ts';
import { tieOut } from './tie-out.ts';

export interface VerifyInput {
  readonly run: RunRef;
  readonly source: string;
  readonly fullRefresh: boolean;
}

/**
 * Ties what landed out against what the source gave, table by table, and puts all tables of the source in place in one
 * transaction; or, when one figure differs, none of them. Safe to repeat: it is recorded once per run and source.
 */
export async function verify(input: VerifyInput, deps: { readonly warehouse: Warehouse }): Promise<readonly TieOut[]> {
  const { run, source } = input;
  const key = `${run.runId}/verify/${source}`;
  const tieOuts = await once<readonly TieOut[]>(
    deps.warehouse,
    { key, kind: 'verify', runId: run.runId, subject: source },
    async (session) => {
      await refuseSuperseded(run, source, session);
      const pulls = await findPulls(session, run.runId, source);
      if (pulls.length === 0) throw new EngineError('VERIFY_PULL_MISSING', `run ${run.runNo} has no pull of ${source}`);
      const sheets = [];
      for (const { table, besideTable, manifest } of pulls) {
        sheets.push({
          table,
          manifest,
          besideTable,
          ...(await tieOut(relation(landedSchema(source), besideTable), manifest, session)),
        });
      }
      const tied = sheets.every((sheet) => sheet.tied);
      const results: TieOut[] = [];
      for (const { table, manifest, besideTable, lines, landedRows, tied: tableTied } of sheets) {
        const change = tied
          ? await putInPlace({ run, source, table, besideTable, manifest, fullRefresh: input.fullRefresh }, session)
          : { added: 0n, removed: 0n, changedKeys: 0n };
        const result: TieOut = {
          batchId: `r${run.runNo}/${source}.${table}`,
          source,
          table,
          tied: tableTied,
          lines,
          landedRows: landedRows.toString(),
          addedRows: change.added.toString(),
          removedRows: change.removed.toString(),
          changedKeys: change.changedKeys.toString(),
        };
        await recordTieOut(result, manifest.contentHash, run, session);
        results.push(result);
      }
      return results;
    },
  );
  await dropBeside({ runNo: run.runNo, schema: landedSchema(source) }, deps.warehouse);
  refuseUntied(tieOuts);
  return tieOuts;
}

/** An older snapshot must not take the place of a newer one, as when a pull waited while another ran. */
async function refuseSuperseded(run: RunRef, source: string, session: Session): Promise<void> {
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`verify/${source}`]);
  const [newer] = await session.query(
    'select max(run_no)::text as run_no from audit.tie_outs where source = $1 and tied and run_no > $2',
    [source, run.runNo],
  );
  if (newer?.['run_no']) {
    throw new EngineError('VERIFY_SUPERSEDED', `run ${newer['run_no']} already put a newer pull of ${source} in place`);
  }
}

async function recordTieOut(result: TieOut, contentHash: string, run: RunRef, session: Session): Promise<void> {
  await session.execute(
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      run.runId,
      run.runNo,
      result.source,
      result.table,
      String(result.tied),
      JSON.stringify(result.lines),
      result.landedRows,
      result.addedRows,
      result.removedRows,
      result.changedKeys,
      contentHash,
    ],
  );
}

function refuseUntied(tieOuts: readonly TieOut[]): void {
  const broken = tieOuts.filter(({ tied }) => !tied);
  if (broken.length === 0) return;
  const figures = broken.flatMap(({ source, table, lines }) =>
    lines
      .filter(({ agrees }) => !agrees)
      .map(
        ({ figure, source: given, landed }) =>
          `${source}.${table} ${figure}: source ${given ?? 'none'}, landed ${landed ?? 'none'}`,
      ),
  );
  throw new EngineError('VERIFY_TIE_OUT', figures.join('; '));
}
