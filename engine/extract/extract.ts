import type { TableRead } from '../connectors/connector.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { LandedColumn, Manifest } from '../contracts/pull.ts';
import { contentHash } from '../evidence/content-hash.ts';
import { copyRows } from '../evidence/copy-rows.ts';
import { sha256 } from '../evidence/sha256.ts';

/** A table on its way: rows with their hash, and the manifest once they have all come. */
export interface Extraction {
  readonly columns: readonly LandedColumn[];
  /** COPY text of the table's columns and, last, each row's SHA-256 as bytea. */
  readonly rows: AsyncIterable<Buffer>;
  /** What the extraction proved; asked after the rows have ended, with the row count that the warehouse's COPY reported. */
  readonly manifest: (copied: { readonly rows: bigint; readonly at: string }) => Manifest;
}

/** Hashes a table's rows as they stream by and holds the source's own figures beside them. */
export function extract(table: DeclaredSource, read: TableRead): Extraction {
  const content = contentHash();
  return {
    columns: read.columns,
    rows: withRowHash(read.rows, content.add),
    manifest: ({ rows, at }) => ({
      source: table.source,
      table: table.name,
      system: read.system,
      snapshotId: read.snapshotId,
      query: read.query,
      queryHash: sha256(read.query),
      columns: read.columns,
      key: table.key,
      sourceRows: read.sourceRows.toString(),
      sourceTotals: read.sourceTotals,
      streamedRows: content.rows().toString(),
      contentHash: content.digest(),
      copiedRows: rows.toString(),
      extractedAt: at,
    }),
  };
}

async function* withRowHash(chunks: AsyncIterable<Buffer>, hashRow: (row: Buffer) => Buffer): AsyncIterable<Buffer> {
  for await (const rows of copyRows(chunks)) {
    const parts: Buffer[] = [];
    for (const row of rows) parts.push(row, Buffer.from(`\t\\\\x${hashRow(row).toString('hex')}\n`));
    yield Buffer.concat(parts);
  }
}
