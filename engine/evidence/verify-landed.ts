import type { Manifest } from '../contracts/pull.ts';
import { identifier, literal } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { contentHash } from './content-hash.ts';
import { copyRows } from './copy-rows.ts';

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
 * Reads a landed table again, as of a run or as it stands, and compares it with the manifest of that run's verified pull: each row with the hash that landed
 * with it, all rows with the pull's count and content hash. A changed row is named by its key, or by its place among the rows
 * when the table declares none.
 */
export async function verifyLanded(
  input: { readonly source: string; readonly table: string; readonly asOfRun?: string },
  warehouse: Warehouse,
): Promise<LandedVerdict> {
  const table = { source: input.source, table: input.table };
  const { history } = landedTable(table.source, table.table);
  return warehouse.transaction(
    async (session) => {
      const { manifest, runNo } = await findManifest(input, session);
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
      return { ...table, runNo, rows: reread.rows().toString(), intact: faults.length === 0, faults };
    },
    { readOnly: true },
  );
}

/** The manifest is read from the ledger, which is chained, and not from the table beside it, which is not. */
async function findManifest(
  { source, table, asOfRun }: { readonly source: string; readonly table: string; readonly asOfRun?: string },
  session: Session,
): Promise<{ manifest: Manifest; runNo: string }> {
  const [row] = await session.query(
    `select l.body, t.run_no from audit.tie_outs t
     join audit.ledger l on l.entry_key = t.run_id || '/extract/' || t.source || '.' || t.table_name
     where t.source = $1 and t.table_name = $2 and t.tied and ($3::bigint is null or t.run_no = $3::bigint)
     order by t.run_no desc limit 1`,
    [source, table, asOfRun ?? null],
  );
  return { manifest: JSON.parse(row?.['body'] as string) as Manifest, runNo: row?.['run_no'] as string };
}

function nameRow(row: Buffer, manifest: Manifest, at: bigint): string {
  const values = row.toString('utf8').split('\t');
  const key = manifest.key.map(
    (column) => `${column} ${values[manifest.columns.findIndex(({ name }) => name === column)] ?? '?'}`,
  );
  return key.length > 0 ? key.join(', ') : `number ${at} of the table as read`;
}
