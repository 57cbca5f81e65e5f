import type { Manifest } from '../contracts/pull.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { contentHash } from './content-hash.ts';
import { copyRows } from './copy-rows.ts';
import type { LandedBatch } from './landed-batches.ts';
import { parseWithList } from './parse-entry.ts';

export interface LandedVerdict {
  readonly source: string;
  readonly table: string;
  /** The run whose pull the landed rows must equal. */
  readonly runNo: string;
  readonly rows: string;
  readonly intact: boolean;
  /** What does not hold, the first rows by their key; empty when the table is intact. */
  readonly faults: readonly string[];
}

/** Rows named before the rest is only counted. */
const NAMED_ROWS = 20;

/**
 * Reads a batch's rows again, as of its run, and compares them with its manifest in the ledger: each row with the hash that
 * landed with it, all rows with the pull's count and content hash. A changed row is named by its key, or by its place among the
 * rows when the table declares none.
 */
export async function verifyLanded(batch: LandedBatch, warehouse: Warehouse): Promise<LandedVerdict> {
  const { source, table, runNo } = batch;
  return warehouse.transaction(
    async (session) => {
      const manifest = await findManifest(batch, session);
      const history = await findHistory(batch, session);
      if (manifest === undefined || history === undefined) {
        const fault = manifest === undefined ? 'its manifest is not in the ledger' : 'the landed table is gone';
        return { source, table, runNo, rows: '0', intact: false, faults: [fault] };
      }
      const columns = manifest.columns.map(({ name }) => identifier(name));
      const reread = contentHash();
      const faults: string[] = [];
      let changed = 0;
      const rows = copyRows(
        session.copyOut(`copy (select ${columns.join(', ')}, encode(_row_hash, 'hex') from ${history}
          where _from_run <= ${literal(BigInt(runNo))} and (_to_run is null or _to_run > ${literal(BigInt(runNo))})) to stdout`),
      );
      for await (const batch of rows) {
        for (const row of batch) {
          const end = row.lastIndexOf(0x09);
          const hash = reread.add(row.subarray(0, Math.max(end, 0))).toString('hex');
          if (hash === row.subarray(end + 1).toString('latin1')) continue;
          changed += 1;
          if (changed <= NAMED_ROWS)
            faults.push(`the row ${nameRow(row, manifest, reread.rows())} was changed after it landed`);
        }
      }
      if (changed > NAMED_ROWS) faults.push(`${changed - NAMED_ROWS} more rows were changed after they landed`);
      if (reread.rows().toString() !== manifest.copiedRows) {
        faults.push(`${reread.rows()} rows stand, but the pull of run ${runNo} landed ${manifest.copiedRows}`);
      } else if (faults.length === 0 && reread.digest() !== manifest.contentHash) {
        faults.push(`the rows are not those that run ${runNo} landed: their content hash differs`);
      }
      return { source, table, runNo, rows: reread.rows().toString(), intact: faults.length === 0, faults };
    },
    { readOnly: true },
  );
}

async function findManifest({ runId, source, table }: LandedBatch, session: Session): Promise<Manifest | undefined> {
  const [row] = await session.query('select body from audit.ledger where entry_key = $1', [
    `${runId}/extract/${source}.${table}`,
  ]);
  return parseWithList<Manifest>(row?.['body'], 'columns');
}

/** Where the rows of a run are: in the history, or in the one that a later full refresh moved aside. */
async function findHistory({ source, table, runNo }: LandedBatch, session: Session): Promise<string | undefined> {
  const { schema, historyName, movedPrefix } = landedTable(source, table);
  const rows = await session.query(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind = 'r' and (c.relname = $2 or c.relname ~ ('^' || $3 || '[0-9]+$'))`,
    [schema, historyName, movedPrefix],
  );
  const names = rows.map((row) => row['name'] as string);
  const moved = names
    .filter((name) => name !== historyName)
    .map((name) => BigInt(name.slice(movedPrefix.length)))
    .filter((until) => until > BigInt(runNo))
    .sort((a, b) => (a < b ? -1 : 1));
  const name = moved[0] === undefined ? historyName : `${movedPrefix}${moved[0]}`;
  return names.includes(name) ? relation(schema, name) : undefined;
}

function nameRow(row: Buffer, manifest: Manifest, at: bigint): string {
  const values = row.toString('utf8').split('\t');
  const key = manifest.key.map(
    (column) => `${column} ${values[manifest.columns.findIndex(({ name }) => name === column)] ?? '?'}`,
  );
  return key.length > 0 ? key.join(', ') : `number ${at} of the table as read`;
}
