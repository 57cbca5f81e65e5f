import type { ControlTotal, LandedState, Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { addNumbers, subtractNumbers } from '../evidence/add-numbers.ts';
import { identifier, relation } from '../sql-text.ts';
import { addHashes, subtractHashes } from '../tuples/add-hashes.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import { scopeCondition, speaksOfAll } from '../warehouse/pull-scope.ts';
import { sumsOf } from '../warehouse/sums-of.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { extendLandedViews } from './landed-views.ts';
import { prepareHistory } from './prepare-history.ts';

export interface PutInPlaceInput {
  readonly run: RunRef;
  readonly manifest: Manifest;
  readonly besideTable: string;
  readonly fullRefresh: boolean;
  /** What stands before; null before the first pull. */
  readonly state: LandedState | null;
}

export interface Change {
  readonly added: bigint;
  readonly removed: bigint;
  readonly changedKeys: bigint;
  readonly state: LandedState;
}

/**
 * Makes the landed table say what the pull found, by difference: rows that stand already are left alone, new rows are added,
 * vanished rows are closed with this run's number and kept. Equal rows are matched one to one, so a doubled row stays doubled
 * and nothing else does. The first pull costs nothing; one that found what stands costs no write.
 */
export async function putInPlace(input: PutInPlaceInput, session: Session): Promise<Change> {
  const { run, manifest, state } = input;
  const { history } = landedTable(manifest.source, manifest.table);
  const cursor = manifest.window?.upper ?? (manifest.mode === 'backfill' ? (state?.cursor ?? null) : null);
  const columns = manifest.columns;
  const prepared = await prepareHistory({ ...input, hasState: state !== null }, session);
  if (prepared === 'new' || state === null) {
    const whole = { rows: manifest.streamedRows, hash: manifest.contentHash, totals: manifest.sourceTotals };
    return { added: BigInt(manifest.streamedRows), removed: 0n, changedKeys: 0n, state: { ...whole, cursor, columns } };
  }
  if (columns.length > state.columns.length) await extendLandedViews({ manifest, run }, session);
  const isWhole = speaksOfAll(manifest.window);
  if (isWhole && manifest.contentHash === state.hash && manifest.streamedRows === state.rows) {
    return { added: 0n, removed: 0n, changedKeys: 0n, state: { ...state, cursor: cursor ?? state.cursor, columns } };
  }

  await createDelta(input, session);
  const removed = await closeRows(input, session);
  const added = await addRows(input, session);
  const net = await netHash(session);
  await session.execute('drop table delta');
  const rows = BigInt(state.rows) + added.rows - removed.rows;
  const hash = subtractHashes(addHashes(state.hash, net.added), net.removed);
  const totals = isWhole ? manifest.sourceTotals : await newTotals({ state, added, removed, manifest }, session);
  const changedKeys =
    added.rows > 0n && removed.rows > 0n ? await countChangedKeys(manifest, history, run, session) : 0n;
  return {
    added: added.rows,
    removed: removed.rows,
    changedKeys,
    state: { rows: rows.toString(), hash, totals, cursor: cursor ?? state.cursor, columns },
  };
}

/** Per row hash how many more (or less) of it came than stand: the difference of two multisets. */
async function createDelta({ manifest, besideTable }: PutInPlaceInput, session: Session): Promise<void> {
  const { schema, history } = landedTable(manifest.source, manifest.table);
  const beside = relation(schema, besideTable);
  await session.execute(
    `create temporary table delta on commit drop as
     select _row_hash, sum(came)::bigint as more from (
       select _row_hash, 1 as came from ${beside}
       union all
       select h._row_hash, -1 from ${history} h where h._to_run is null and ${scopeCondition(manifest, beside)}
     ) as both_sides
     group by _row_hash having sum(came) <> 0`,
  );
  await session.execute('analyze delta');
}

async function closeRows({ run, manifest, besideTable }: PutInPlaceInput, session: Session) {
  const { schema, history } = landedTable(manifest.source, manifest.table);
  const scope = scopeCondition(manifest, relation(schema, besideTable));
  return changedSums(
    `update ${history} as c set _to_run = ${BigInt(run.runNo)}
     from (
       select h.ctid as row_at, row_number() over (partition by h._row_hash) as copy_no, -d.more as less
       from ${history} h join delta d using (_row_hash)
       where d.more < 0 and h._to_run is null and ${scope}
     ) as gone
     where c.ctid = gone.row_at and gone.copy_no <= gone.less
     returning ${totalColumns(manifest, 'c')}`,
    manifest,
    session,
  );
}

async function addRows({ run, manifest, besideTable }: PutInPlaceInput, session: Session) {
  const { schema, history } = landedTable(manifest.source, manifest.table);
  const columns = [...manifest.columns.map(({ name }) => identifier(name)), '_row_hash'];
  return changedSums(
    `insert into ${history} as c (${columns.join(', ')}, _from_run)
     select ${columns.map((column) => `came.${column}`).join(', ')}, ${BigInt(run.runNo)}
     from (
       select b.*, row_number() over (partition by b._row_hash) as _copy_no, d.more as _more
       from ${relation(schema, besideTable)} b join delta d using (_row_hash)
       where d.more > 0
     ) as came
     where came._copy_no <= came._more
     returning ${totalColumns(manifest, 'c')}`,
    manifest,
    session,
  );
}

function totalColumns(manifest: Manifest, from: string): string {
  return ['1', ...manifest.sourceTotals.map(({ column }, at) => `${from}.${identifier(column)} as total_${at}`)].join(
    ', ',
  );
}

/** Runs a statement that returns the rows it changed, and counts and sums those up. */
async function changedSums(
  statement: string,
  manifest: Manifest,
  session: Session,
): Promise<{ readonly rows: bigint; readonly totals: readonly ControlTotal[] }> {
  const sums = manifest.sourceTotals.map((_total, at) => `sum(total_${at}::numeric)::text as total_${at}`);
  const [row] = await session.query(
    `with changed as (${statement}) select ${['count(*)::text as row_count', ...sums].join(', ')} from changed`,
  );
  return {
    rows: BigInt(row?.['row_count'] ?? '0'),
    totals: manifest.sourceTotals.map(({ column }, at) => ({ column, sum: row?.[`total_${at}`] ?? null })),
  };
}

/** The sums of the row hashes that were added and removed: what a landed table's hash moves by costs only what changed. */
async function netHash(session: Session): Promise<{ readonly added: string; readonly removed: string }> {
  const zero = '0'.repeat(32);
  const sums = { added: zero, removed: zero };
  const rows = session.copyOut(`copy (select replace(_row_hash::text, '-', ''), more from delta) to stdout`);
  let rest = '';
  for await (const chunk of rows) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const [hash = zero, more = '0'] = text.split('\t');
      const side = more.startsWith('-') ? 'removed' : 'added';
      for (let copies = BigInt(more.replace('-', '')); copies > 0n; copies -= 1n)
        sums[side] = addHashes(sums[side], hash);
    }
  }
  return sums;
}

async function newTotals(
  input: {
    readonly state: LandedState;
    readonly manifest: Manifest;
    readonly added: { readonly totals: readonly ControlTotal[] };
    readonly removed: { readonly totals: readonly ControlTotal[] };
  },
  session: Session,
): Promise<readonly ControlTotal[]> {
  const { state, manifest, added, removed } = input;
  const columns = manifest.sourceTotals.map(({ column }) => column);
  const known = columns.map((column) => state.totals.find((total) => total.column === column));
  const all = [...known, ...added.totals, ...removed.totals];
  // A total that is new to this table, or not finite, cannot be carried on: it is added up anew.
  if (all.some((total) => total === undefined || /[a-z]/i.test(total.sum ?? ''))) {
    const { history } = landedTable(manifest.source, manifest.table);
    return (await sumsOf(session, { from: `${history} as h`, where: 'h._to_run is null', columns })).totals;
  }
  return columns.map((column, at) => ({
    column,
    sum: subtractNumbers(
      addNumbers(known[at]?.sum ?? null, added.totals[at]?.sum ?? null),
      removed.totals[at]?.sum ?? null,
    ),
  }));
}

async function countChangedKeys(manifest: Manifest, history: string, run: RunRef, session: Session): Promise<bigint> {
  if (manifest.key.length === 0) return 0n;
  const columns = manifest.key.map((column) => identifier(column)).join(', ');
  const runNo = BigInt(run.runNo);
  const [row] = await session.query(
    `select count(*)::text as changed from (
       select ${columns} from ${history} where _from_run = ${runNo} and _to_run is null
       intersect
       select ${columns} from ${history} where _to_run = ${runNo}
     ) as restated`,
  );
  return BigInt(row?.['changed'] ?? '0');
}
