import type { Manifest, TieOutLine } from '../contracts/pull.ts';
import type { EvidenceKey } from '../evidence/evidence-key.ts';
import { sameNumber } from '../evidence/same-number.ts';
import { summable } from '../evidence/summable.ts';
import { hashTuples } from '../tuples/hash-tuples.ts';
import { identifier, relation } from '../sql-text.ts';
import { landedSchema } from '../warehouse/landed-table.ts';
import { sumsOf } from '../warehouse/sums-of.ts';
import type { Session } from '../warehouse/warehouse.ts';

export interface TieOutSheet {
  readonly tied: boolean;
  readonly lines: readonly TieOutLine[];
}

/**
 * Sets what landed beside what the source says: rows by the source's count, by the stream and by the warehouse's COPY; control
 * totals; and, when the manifest asks for it, every landed row read back and hashed anew.
 */
export async function tieOut(
  input: { readonly manifest: Manifest; readonly besideTable: string },
  deps: { readonly session: Session; readonly evidenceKey: EvidenceKey },
): Promise<TieOutSheet> {
  const { manifest, besideTable } = input;
  const beside = relation(landedSchema(manifest.source), besideTable);
  const came = (BigInt(manifest.streamedRows) + BigInt(manifest.rejectedRows)).toString();
  const lines = [
    ...(manifest.sourceRows === null ? [] : [line('rows', manifest.sourceRows, came)]),
    line('rows copied', manifest.streamedRows, manifest.copiedRows),
    ...(await totalLines(manifest, beside, deps.session)),
    ...(manifest.readBack ? await readBackLines(manifest, beside, deps) : []),
  ];
  return { tied: lines.every(({ agrees }) => agrees), lines };
}

export function line(
  figure: string,
  source: string | null,
  landed: string | null,
  agrees = source === landed,
): TieOutLine {
  return { figure, source, landed, agrees };
}

/** Totals that were added up from the streamed rows are tied out with those; SQL adds the others up as they landed. */
async function totalLines(manifest: Manifest, beside: string, session: Session): Promise<TieOutLine[]> {
  const streamed = new Map(manifest.streamedTotals.map(({ column, sum }) => [column, sum]));
  const columns = manifest.sourceTotals.map(({ column }) => column).filter((column) => !streamed.has(column));
  const asLanded =
    columns.length === 0 ? [] : (await sumsOf(session, { from: `${beside} as h`, where: 'true', columns })).totals;
  const landed = new Map([...streamed, ...asLanded.map(({ column, sum }): [string, string | null] => [column, sum])]);
  return manifest.sourceTotals.map(({ column, sum }) => {
    const total = landed.get(column) ?? null;
    return line(`total of ${column}`, sum, total, sameNumber(sum, total));
  });
}

async function readBackLines(
  manifest: Manifest,
  beside: string,
  deps: { readonly session: Session; readonly evidenceKey: EvidenceKey },
): Promise<TieOutLine[]> {
  const sums = summable(
    manifest.columns,
    manifest.streamedTotals.map(({ column }) => column),
  );
  const hashing = hashTuples({
    key: deps.evidenceKey.rowKey(`${manifest.source}.${manifest.table}`),
    columns: manifest.columns.length,
    totals: sums.map(({ at }) => at),
    kinds: sums.map(({ kind }) => kind),
    mode: 'check',
  });
  const columns = [...manifest.columns.map(({ name }) => identifier(name)), '_row_hash'].join(', ');
  for await (const chunk of deps.session.copyOut(`copy (select ${columns} from ${beside}) to stdout (format binary)`)) {
    hashing.push(chunk);
  }
  const { rows, hash, totals, mismatches } = hashing.end();
  return [
    line('rows read back', manifest.streamedRows, rows.toString()),
    line('rows with their own hash', manifest.streamedRows, (rows - mismatches).toString()),
    ...manifest.streamedTotals.map(({ column, sum }, at) => {
      const total = totals[at] ?? null;
      return line(`total of ${column} read back`, sum, total, sameNumber(sum, total));
    }),
    line('content hash', manifest.contentHash, hash),
  ];
}
