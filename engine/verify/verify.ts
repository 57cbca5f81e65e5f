import type { ClosedPeriod } from '../contracts/config.ts';
import type { LandedState, Manifest, TieOut, TieOutLine } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import type { EvidenceKey } from '../evidence/evidence-key.ts';
import { once } from '../evidence/ledger.ts';
import { sameNumber } from '../evidence/same-number.ts';
import { signed } from '../evidence/signed.ts';
import type { Signed } from '../evidence/signed.ts';
import { dropBeside } from '../warehouse/drop-beside.ts';
import { findPulls } from '../warehouse/find-pulls.ts';
import type { RecordedPull } from '../warehouse/find-pulls.ts';
import { landedSchema } from '../warehouse/landed-table.ts';
import { findState } from '../warehouse/landed-state.ts';
import { speaksOfAll } from '../warehouse/pull-scope.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { closedPeriodChanges } from './closed-period-changes.ts';
import { putInPlace } from './put-in-place.ts';
import { line, tieOut } from './tie-out.ts';
import type { TieOutSheet } from './tie-out.ts';

export interface VerifyInput {
  readonly run: RunRef;
  readonly source: string;
  readonly fullRefresh: boolean;
  readonly closedPeriods: readonly ClosedPeriod[];
}

interface Sheet extends TieOutSheet {
  readonly pull: RecordedPull;
}

/**
 * Ties what landed out against what the source gave, table by table, and puts all tables of the source in place in one
 * transaction; or, when one figure differs, none of them. What then stands is tied out against the source's own count of the
 * whole table, and put back when it differs. Safe to repeat: it is recorded once per run and source.
 */
export async function verify(
  input: VerifyInput,
  deps: { readonly warehouse: Warehouse; readonly evidenceKey: EvidenceKey },
): Promise<readonly TieOut[]> {
  const { run, source } = input;
  const key = `${run.runId}/verify/${source}`;
  const tieOuts = await once<readonly Signed<TieOut>[]>(
    deps.warehouse,
    { key, kind: 'verify', runId: run.runId, subject: source },
    async (session) => {
      await refuseSuperseded(run, source, session);
      const pulls = await findPulls(session, run.runId, source);
      if (pulls.length === 0) throw new EngineError('VERIFY_PULL_MISSING', `run ${run.runNo} has no pull of ${source}`);
      const sheets: Sheet[] = [];
      for (const pull of pulls) {
        sheets.push({ pull, ...(await tieOut(pull, { session, evidenceKey: deps.evidenceKey })) });
      }
      const results = await putAllInPlace(sheets, input, session);
      const statements = results.map((result) => signed(result, deps.evidenceKey));
      const inPlace = results.every(({ tied }) => tied);
      for (const [at, statement] of statements.entries()) {
        const manifest = pulls[at]?.manifest;
        if (manifest !== undefined) await recordTieOut(statement, { manifest, run, inPlace }, session);
      }
      return statements;
    },
  );
  await dropBeside({ runNo: run.runNo, schema: landedSchema(source) }, deps.warehouse);
  refuseUntied(tieOuts);
  return tieOuts;
}

/** All tables or none: what was put in place is taken back when a whole table does not tie out. */
async function putAllInPlace(sheets: readonly Sheet[], input: VerifyInput, session: Session): Promise<TieOut[]> {
  const untouched: TieOut[] = [];
  for (const sheet of sheets) untouched.push(await leftAlone(sheet, input.run, session));
  if (!sheets.every(({ tied }) => tied)) return untouched;
  await session.execute('savepoint in_place');
  const results: TieOut[] = [];
  for (const [at, sheet] of sheets.entries()) {
    results.push(await putOneInPlace(sheet, untouched[at] as TieOut, input, session));
  }
  if (results.every(({ tied }) => tied)) return results;
  await session.execute('rollback to savepoint in_place');
  return results.map((result, at) => ({
    ...(untouched[at] as TieOut),
    tied: result.tied,
    lines: result.lines,
  }));
}

async function putOneInPlace(sheet: Sheet, before: TieOut, input: VerifyInput, session: Session): Promise<TieOut> {
  const { run, fullRefresh, closedPeriods } = input;
  const { manifest, besideTable } = sheet.pull;
  const state = await findState(session, manifest.source, manifest.table);
  const change = await putInPlace({ run, manifest, besideTable, fullRefresh, state }, session);
  const lines = [...sheet.lines, ...wholeLines(manifest, change.state)];
  const moved = state !== null && (change.added > 0n || change.removed > 0n);
  return {
    ...before,
    tied: lines.every(({ agrees }) => agrees),
    lines,
    addedRows: change.added.toString(),
    removedRows: change.removed.toString(),
    changedKeys: change.changedKeys.toString(),
    state: change.state,
    closedPeriods: moved ? await closedPeriodChanges({ run, manifest, periods: closedPeriods }, session) : [],
  };
}

/** What stands now against what the pull, or the source's own count of the whole table, says must stand. */
function wholeLines(manifest: Manifest, state: LandedState): TieOutLine[] {
  if (speaksOfAll(manifest.window)) {
    return [
      line('rows that stand', manifest.streamedRows, state.rows),
      line('content hash of what stands', manifest.contentHash, state.hash),
    ];
  }
  if (manifest.mode !== 'incremental' || manifest.whole === null) return [];
  return [
    line('rows of the whole table', manifest.whole.rows, state.rows),
    ...manifest.whole.totals.map(({ column, sum }) => {
      const stands = state.totals.find((total) => total.column === column)?.sum ?? null;
      return line(`total of ${column}, whole table`, sum, stands, sameNumber(sum ?? '0', stands ?? '0'));
    }),
  ];
}

async function leftAlone({ pull, tied, lines }: Sheet, run: RunRef, session: Session): Promise<TieOut> {
  const { source, table, manifest } = pull;
  const nothing: LandedState = { rows: '0', hash: '0'.repeat(32), totals: [], cursor: null, columns: manifest.columns };
  return {
    batchId: `r${run.runNo}/${source}.${table}`,
    source,
    table,
    tied,
    lines,
    landedRows: manifest.copiedRows,
    addedRows: '0',
    removedRows: '0',
    changedKeys: '0',
    state: (await findState(session, source, table)) ?? nothing,
    closedPeriods: [],
  };
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

/** The column `tied` says whether the table was put in place: all tables of a source are, or none. */
async function recordTieOut(
  result: TieOut,
  of: { readonly manifest: Manifest; readonly run: RunRef; readonly inPlace: boolean },
  session: Session,
): Promise<void> {
  const { manifest, run, inPlace } = of;
  await session.execute(
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash, state, mode, closed_periods)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      run.runId,
      run.runNo,
      result.source,
      result.table,
      String(inPlace),
      JSON.stringify(result.lines),
      result.landedRows,
      result.addedRows,
      result.removedRows,
      result.changedKeys,
      manifest.contentHash,
      JSON.stringify(result.state),
      manifest.mode,
      JSON.stringify(result.closedPeriods),
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
