import { parquetMetadataAsync, parquetSchema } from 'hyparquet';
import type { AsyncBuffer } from 'hyparquet';
import { EngineError } from '../../errors.ts';
import type { LandedColumn } from '../../contracts/pull.ts';
import { writeTuples } from '../../tuples/write-tuples.ts';
import type { TupleWriter } from '../../tuples/write-tuples.ts';
import { reconcileColumns } from '../reconcile-columns.ts';
import type { ReconciledColumns } from '../reconcile-columns.ts';
import { packingOf } from './file-kind.ts';
import { keepFigures } from './keep-figures.ts';
import type { FigureKeeper } from './keep-figures.ts';
import type { LandedFigures, LandingInput } from './landing.ts';
import { parquetColumns } from './parquet-columns.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import type { OpenFile } from './read-bytes.ts';
import { compact, countedCompressors, guard, MAX_CHUNK_BYTES, readChunk, refuseEnds } from './parquet-chunks.ts';
import type { DecodedColumn } from './parquet-chunks.ts';
import { MAX_COLUMNS, overCeiling, refusedFile } from './refuse-file.ts';
import type { UnpackedBytes } from './unpack.ts';

interface Plan extends ReconciledColumns {
  readonly file: string;
  readonly found: readonly LandedColumn[];
  readonly keeper: FigureKeeper;
  readonly writer: TupleWriter;
}

/** Lands Parquet files with their own types, row group by row group; their count is the footer's. */
export function landParquet({ job, output, upper, onColumns }: LandingInput): {
  readonly read: (file: OpenFile, counted: UnpackedBytes) => Promise<bigint>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
} {
  const { table } = job;
  let plan: Plan | undefined;
  /** Personal data: none of it in what is kept aside. */
  const masked = new Set(table.columns.flatMap(({ name, pii }) => (pii === undefined ? [] : [name])));

  const planFor = (found: readonly LandedColumn[], file: string): Plan => {
    if (plan !== undefined) {
      const at = found.findIndex(
        ({ name, type }, index) => name !== plan?.found[index]?.name || type !== plan.found[index].type,
      );
      if (at === -1 && found.length === plan.found.length) return plan;
      const differs = at === -1 ? plan.found.length : at + 1;
      throw refusedFile(
        `column ${differs} is not that of ${plan.file}: all files of a table have the same columns`,
        file,
      );
    }
    const declared = new Map(table.columns.map((column) => [column.name, column.type]));
    for (const { name, type } of found) {
      if (declared.get(name) === undefined) continue;
      throw new EngineError(
        'EXTRACT_TYPE_REFUSED',
        `column ${name} is ${type} in the file: a Parquet file's types are its own`,
        {
          place: { file: table.declaredIn, line: table.line },
        },
      );
    }
    const reconciled = reconcileColumns({
      table,
      called: file,
      found,
      standing: job.standing,
      refusal: 'EXTRACT_FILE_REFUSED',
    });
    const { columns } = reconciled;
    onColumns(columns);
    const keeper = keepFigures({ table, columns, window: job.window, upper });
    plan = { ...reconciled, file, found, keeper, writer: writeTuples(columns.length) };
    return plan;
  };

  const read = async (file: OpenFile, counted: UnpackedBytes): Promise<bigint> => {
    const { name } = file.found;
    if (packingOf(name) !== undefined)
      throw refusedFile('a packed Parquet file is not read: it packs its columns itself', name);
    const source: AsyncBuffer = {
      byteLength: file.size,
      slice: async (start, end = file.size) => {
        if (start < 0 || end > file.size || end < start)
          throw refusedFile('it points outside of itself: it is broken, or cut off', name);
        if (end - start > MAX_CHUNK_BYTES * 2)
          throw overCeiling(`a column of more than ${MAX_CHUNK_BYTES * 2} bytes in one row group`, name);
        const bytes = await file.readAt(start, end - start);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      },
    };
    await refuseEnds(file);
    const metadata = await guard(() => parquetMetadataAsync(source, { geoparquet: false }), name);
    const columns = await guard(() => parquetColumns(parquetSchema(metadata), name), name);
    if (columns.length > MAX_COLUMNS)
      throw refusedFile(`the file has ${columns.length} columns, and ${MAX_COLUMNS} are the most`, name);
    const here = planFor(
      columns.map(({ name: column, type }) => ({ name: column, type })),
      name,
    );
    const compressors = countedCompressors(file, counted);
    let before = 0;
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows);
      const decoded: (DecodedColumn | null)[] = [];
      for (const at of wantedOf(here)) {
        const column = columns[at] as ParquetColumn;
        const values = await guard(
          () => readChunk({ source, metadata, column, from: before, rows, compressors }),
          name,
        );
        decoded[at] = encodeColumn(column, values, { rows, before, file: name, texts: textsNeeded(here, at) });
      }
      await landGroup(here, decoded, { rows, before, file: name });
      before += rows;
    }
    if (BigInt(before) !== metadata.num_rows) {
      throw refusedFile(`its footer counts ${metadata.num_rows} rows, and its row groups ${before}`, name);
    }
    return metadata.num_rows;
  };

  const landGroup = async (
    here: Plan,
    decoded: readonly (DecodedColumn | null)[],
    { rows, before, file }: { readonly rows: number; readonly before: number; readonly file: string },
  ): Promise<void> => {
    const landed = here.from.map((at) => (at === null ? null : (decoded[at] ?? null)));
    const surprises = here.rejectWhenSet.map((name) => ({
      name,
      column: decoded[here.found.findIndex((each) => each.name === name)] ?? null,
    }));
    for (let row = 0; row < rows; row += 1) {
      const place = { file, line: before + row + 1 };
      const texts = here.keeper.needs.map((at) => landed[at]?.texts?.[row] ?? null);
      if (texts.length > 0 && !here.keeper.admit(texts, place)) continue;
      const surprise = surprises.find(({ column }) => (column?.values(row) ?? null) !== null);
      if (surprise !== undefined) {
        const reason = `it has a value in the new column ${surprise.name}`;
        await output.reject({ at: `${file}:${place.line}`, reason, row: asJson(here, masked, decoded, row) });
        continue;
      }
      if (texts.length > 0) here.keeper.keep(texts, place);
      here.writer.add(landed.map((column) => column?.values(row) ?? null));
      if (here.writer.pendingBytes() > 192 * 1024) await output.flush(here.writer);
    }
  };

  /** Columns that land, and those that decide whether a row is rejected. */
  const wantedOf = (here: Plan): number[] => {
    const rejecting = here.rejectWhenSet.length > 0;
    const extra = rejecting ? here.found.flatMap(({ name }, at) => (masked.has(name) ? [] : [at])) : [];
    return [...new Set([...here.from.filter((at) => at !== null), ...extra])];
  };
  const textsNeeded = (here: Plan, at: number): boolean =>
    here.rejectWhenSet.length > 0 || here.keeper.needs.some((column) => here.from[column] === at) || isMasked(here, at);
  const isMasked = (here: Plan, at: number): boolean =>
    here.columns.some(({ type }, column) => here.from[column] === at && type !== here.found[at]?.type);

  /** A column under a mask lands as text. */
  const encodeColumn = (
    column: ParquetColumn,
    raw: ArrayLike<unknown>,
    where: { readonly rows: number; readonly before: number; readonly file: string; readonly texts: boolean },
  ): DecodedColumn => {
    const landedAs = plan?.columns.find(({ name }) => name === column.name)?.type ?? column.type;
    return compact(column, raw, landedAs, where);
  };

  return {
    read,
    end: async (counted) => {
      if (plan === undefined) throw new TypeError('landing ends without a file');
      await output.end(plan.writer.end());
      const { added, missing, discarded } = plan;
      return { ...plan.keeper.figures(counted), drift: { added, missing, discarded }, discardedValues: 0n };
    },
  };
}

function asJson(
  here: Plan,
  masked: ReadonlySet<string>,
  decoded: readonly (DecodedColumn | null)[],
  row: number,
): string {
  const shown = here.found.flatMap(({ name }, at) => {
    const column = decoded[at];
    return column && !masked.has(name) ? [[name, column.texts?.[row] ?? null]] : [];
  });
  return JSON.stringify(Object.fromEntries(shown));
}
