import type { TableRead } from '../connectors/connector.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { LandedColumn, Manifest, PullWindow } from '../contracts/pull.ts';
import { EngineError } from '../errors.ts';
import type { EvidenceKey } from '../evidence/evidence-key.ts';
import { fingerprint } from '../evidence/fingerprint.ts';
import { sha256 } from '../evidence/sha256.ts';
import { summable } from '../evidence/summable.ts';
import { hashTuples } from '../tuples/hash-tuples.ts';
import { maskRows } from './mask-rows.ts';

export interface ExtractInput {
  readonly table: DeclaredSource;
  readonly read: TableRead;
  readonly mode: Manifest['mode'];
  readonly window: PullWindow | null;
  readonly widened: string | null;
  readonly limits: { readonly rows: number; readonly bytes: number };
  /** How many rows were kept aside; asked after the rows have ended. */
  readonly rejectedRows: () => bigint;
}

export interface ExtractDeps {
  readonly evidenceKey: EvidenceKey;
  /** Of the hash that replaces personal data. */
  readonly piiKey: string | undefined;
  readonly toolVersion: string;
  readonly projectHash: string;
}

/** A table on its way: rows with their hash, and the manifest once they have all come. */
export interface Extraction {
  readonly columns: readonly LandedColumn[];
  /** COPY binary of the table's columns and, last, each row's keyed hash as a uuid. */
  readonly rows: AsyncIterable<Buffer>;
  /** What the extraction proved; asked after the rows have ended, with the row count that the warehouse's COPY reported. */
  readonly manifest: (copied: { readonly rows: bigint; readonly at: string }) => Promise<Manifest>;
}

/** Hashes a table's rows and adds their control totals up as they stream by, and holds the source's own figures beside them. */
export function extract(input: ExtractInput, deps: ExtractDeps): Extraction {
  const { table, read, mode, window, widened } = input;
  const subject = `${table.source}.${table.name}`;
  const sums = summable(read.columns, table.control_totals);
  const hashing = hashTuples({
    key: deps.evidenceKey.rowKey(subject),
    columns: read.columns.length,
    totals: sums.map(({ at }) => at),
    kinds: sums.map(({ kind }) => kind),
    mode: 'append',
  });
  let streamed: ReturnType<typeof hashing.end> | undefined;

  async function* rows(): AsyncIterable<Buffer> {
    let bytes = 0;
    for await (const chunk of maskRows(read.rows, { table, columns: read.columns, piiKey: deps.piiKey })) {
      bytes += chunk.length;
      if (bytes > input.limits.bytes) throw ceiling(subject, 'bytes', input.limits.bytes);
      const hashed = hashing.push(chunk);
      if (hashing.rows() > input.limits.rows) throw ceiling(subject, 'rows', input.limits.rows);
      if (hashed.length > 0) yield hashed;
    }
    streamed = hashing.end();
  }

  return {
    columns: read.columns,
    rows: rows(),
    manifest: async (copied) => {
      if (streamed === undefined) throw new TypeError('a manifest is asked for after the rows have ended');
      const figures = await read.figures();
      const { rows: count, bytes, hash, totals } = streamed;
      return {
        source: table.source,
        table: table.name,
        system: read.system,
        ...(read.files === undefined ? {} : { files: read.files }),
        snapshotId: read.snapshotId,
        query: read.query,
        queryHash: sha256(read.query),
        bindings: read.bindings,
        mode,
        write: table.write ?? (table.key.length > 0 ? 'merge' : 'append'),
        window:
          window === null
            ? null
            : {
                ...window,
                upper: figures.cursor?.upper ?? null,
                nullRows: (figures.cursor?.nullRows ?? 0n).toString(),
              },
        widened,
        columns: read.columns,
        schemaFingerprint: fingerprint(read.columns),
        drift: figures.drift,
        key: table.key,
        period: table.period ?? null,
        sourceRows: figures.rows?.toString() ?? null,
        sourceTotals: figures.totals,
        whole: figures.whole === null ? null : { rows: figures.whole.rows.toString(), totals: figures.whole.totals },
        rejectedRows: input.rejectedRows().toString(),
        streamedRows: count.toString(),
        streamedBytes: bytes.toString(),
        streamedTotals: sums.map(({ column }, each) => ({ column, sum: totals[each] ?? null })),
        contentHash: hash,
        keyId: deps.evidenceKey.id,
        copiedRows: copied.rows.toString(),
        readBack: table.read_back,
        extractedAt: copied.at,
        toolVersion: deps.toolVersion,
        projectHash: deps.projectHash,
      };
    },
  };
}

function ceiling(subject: string, unit: string, limit: number): EngineError {
  return new EngineError(
    'EXTRACT_CEILING',
    `${subject} gives more than ${limit} ${unit}; nothing of it was put in place`,
  );
}
