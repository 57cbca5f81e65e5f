import type { Manifest, TieOut } from '../contracts/pull.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { hashTuples } from '../tuples/hash-tuples.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import type { EvidenceKey } from './evidence-key.ts';
import type { LandedBatch } from './landed-batches.ts';
import { parseList, parseWithList } from './parse-entry.ts';
import { signatureHolds } from './signed.ts';
import type { Signed } from './signed.ts';

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

export interface EvidenceDeps {
  readonly warehouse: Warehouse;
  readonly evidenceKey: EvidenceKey;
}

/** Rows named before the rest is only counted. */
const NAMED_ROWS = 20;

/**
 * Reads a table's rows again, as of a batch's run, and compares them with what the ledger says that this run left standing: each
 * row with the keyed hash that landed with it, all rows with the count and the hash in the verdict, and manifest and verdict with
 * their signatures. A changed row is named by its key, or by its place among the rows when the table declares none, and by the
 * batch that brought it.
 */
export async function verifyLanded(batch: LandedBatch, deps: EvidenceDeps): Promise<LandedVerdict> {
  const { source, table, runNo } = batch;
  return deps.warehouse.transaction(
    async (session) => {
      const recorded = await findRecord(batch, session);
      const history = await findHistory(batch, session);
      const broken = (fault: string): LandedVerdict => ({
        source,
        table,
        runNo,
        rows: '0',
        intact: false,
        faults: [fault],
      });
      if (recorded === undefined) return broken('its manifest or its verdict is not in the ledger');
      const { manifest, tieOut } = recorded;
      if (manifest.keyId !== deps.evidenceKey.id) {
        return broken(`it landed under evidence key ${manifest.keyId}, and the key given is ${deps.evidenceKey.id}`);
      }
      const forged = [manifest, tieOut].some((statement) => !signatureHolds(statement, deps.evidenceKey));
      if (forged) return broken('its manifest or its verdict is not what was signed');
      if (history === undefined) return broken('the landed table is gone');
      const { rows, hash, faults } = await reread(batch, { history, manifest }, { ...deps, session });
      const { state } = tieOut;
      if (rows.toString() !== state.rows) {
        faults.push(`${rows} rows stand, but the pull of run ${runNo} left ${state.rows}`);
      } else if (faults.length === 0 && hash !== state.hash) {
        faults.push(`the rows are not those that run ${runNo} left: their content hash differs`);
      }
      return { source, table, runNo, rows: rows.toString(), intact: faults.length === 0, faults };
    },
    { readOnly: true },
  );
}

async function reread(
  { source, table, runNo }: LandedBatch,
  landed: { readonly history: History; readonly manifest: Manifest },
  deps: { readonly session: Session; readonly evidenceKey: EvidenceKey },
): Promise<{ readonly rows: bigint; readonly hash: string; readonly faults: string[] }> {
  const { history, manifest } = landed;
  const changed: { readonly at: bigint; readonly row: readonly (Buffer | null)[] }[] = [];
  const hashing = hashTuples({
    key: deps.evidenceKey.rowKey(`${source}.${table}`),
    columns: history.columns.length,
    totals: [],
    kinds: [],
    mode: 'check',
    onMismatch: (row) => {
      if (changed.length < NAMED_ROWS) changed.push({ at: BigInt(hashing.rows()), row });
    },
  });
  const columns = [...history.columns.map((name) => identifier(name)), '_row_hash'].join(', ');
  const run = literal(BigInt(runNo));
  const query = `select ${columns} from ${history.name} where _from_run <= ${run} and (_to_run is null or _to_run > ${run})`;
  for await (const chunk of deps.session.copyOut(`copy (${query}) to stdout (format binary)`)) hashing.push(chunk);
  const { rows, hash, mismatches } = hashing.end();
  const faults: string[] = [];
  for (const { row, at } of changed) {
    const name = await nameRow(row, { at, history, manifest, subject: `${source}.${table}` }, deps.session);
    faults.push(`the row ${name} was changed after it landed`);
  }
  const more = mismatches - BigInt(changed.length);
  if (more > 0n) faults.push(`${more} more rows were changed after they landed`);
  return { rows, hash, faults };
}

/** By its key as the warehouse prints it, and by the batch that brought it. */
async function nameRow(
  row: readonly (Buffer | null)[],
  known: { readonly at: bigint; readonly history: History; readonly manifest: Manifest; readonly subject: string },
  session: Session,
): Promise<string> {
  const { history, manifest, subject } = known;
  const hash = row.at(-1)?.toString('hex') ?? '';
  const keys = manifest.key.map((column) => `${identifier(column)}::text`);
  const found = await session.query(
    `select ${['_from_run::text as from_run', ...keys.map((key, at) => `${key} as key_${at}`)].join(', ')}
     from ${history.name} where _row_hash = $1::uuid limit 2`,
    [hash],
  );
  const [only] = found.length === 1 ? found : [];
  if (only === undefined) return `number ${known.at} of the table as read`;
  const key = manifest.key.map((column, at) => `${column} ${only[`key_${at}`] ?? 'null'}`);
  return `${key.length > 0 ? key.join(', ') : `number ${known.at} of the table as read`} of batch r${only['from_run']}/${subject}`;
}

async function findRecord(
  { runId, source, table }: LandedBatch,
  session: Session,
): Promise<
  | { readonly manifest: Partial<Signed<Manifest>> & Manifest; readonly tieOut: Partial<Signed<TieOut>> & TieOut }
  | undefined
> {
  const body = async (key: string): Promise<string | null | undefined> =>
    (await session.query('select body from audit.ledger where entry_key = $1', [key]))[0]?.['body'];
  const manifest = parseWithList<Manifest>(await body(`${runId}/extract/${source}.${table}`), 'columns');
  const tieOuts = parseList<TieOut>(await body(`${runId}/verify/${source}`));
  const tieOut = tieOuts.find((each) => each.table === table);
  return manifest === undefined || tieOut?.state === undefined ? undefined : { manifest, tieOut };
}

interface History {
  readonly name: string;
  /** The source's columns in their order. */
  readonly columns: readonly string[];
}

/** Where the rows of a run are: in the history, or in the one that a later full refresh moved aside. */
async function findHistory({ source, table, runNo }: LandedBatch, session: Session): Promise<History | undefined> {
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
  if (!names.includes(name)) return undefined;
  const columns = await session.query(
    `select a.attname::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
       and a.attname not in ('_row_hash', '_from_run', '_to_run')
     order by a.attnum`,
    [schema, name],
  );
  return { name: relation(schema, name), columns: columns.map((column) => column['name'] as string) };
}
