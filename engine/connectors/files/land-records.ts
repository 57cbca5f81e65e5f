import { EngineError } from '../../errors.ts';
import { writeTuples } from '../../tuples/write-tuples.ts';
import type { TupleWriter } from '../../tuples/write-tuples.ts';
import { declaredText } from '../json/declared-text.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import { collectNames, recordColumns } from '../json/record-columns.ts';
import type { RecordColumns } from '../json/record-columns.ts';
import { keepFigures } from './keep-figures.ts';
import type { FigureKeeper } from './keep-figures.ts';
import { SAMPLED_CHARACTERS, SAMPLED_RECORDS } from './landing.ts';
import type { LandedFigures, LandingInput } from './landing.ts';

/** A record and where it stands: its line, or its number in the file. */
interface Placed {
  readonly record: JsonRecord;
  readonly file: string;
  readonly line: number;
}

/** Lands JSON records. Their columns are those declared and those of the first thousand; a name that comes later is drift. */
export interface RecordLanding {
  readonly add: (record: JsonRecord, file: string, line: number) => Promise<void>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
}

export function landRecords(input: LandingInput): RecordLanding {
  const { job, output, upper, onColumns } = input;
  const { table } = job;
  const place = { file: table.declaredIn, line: table.line };
  const called = table.file ?? table.name;
  const seen = collectNames(called);
  let held: Placed[] = [];
  let heldCharacters = 0;
  let plan:
    { readonly mapping: RecordColumns; readonly keeper: FigureKeeper; readonly writer: TupleWriter } | undefined;
  let needs: readonly { readonly name: string; readonly rewrite: (text: string) => string | undefined }[] = [];
  let discarded = 0n;

  const begin = async (whole: boolean): Promise<NonNullable<typeof plan>> => {
    const mapping = recordColumns({ table, called, seen, standing: job.standing, whole });
    const keeper = keepFigures({ table, columns: mapping.columns, window: job.window, upper });
    plan = { mapping, keeper, writer: writeTuples(mapping.columns.length) };
    needs = keeper.needs.map((at) => {
      const { name = '' } = mapping.columns[at] ?? {};
      const column = table.columns.find((each) => each.name === name);
      return { name, rewrite: declaredText(column, place) };
    });
    onColumns(mapping.columns);
    for (const each of held) await land(each, plan);
    held = [];
    return plan;
  };
  const textOf = (record: JsonRecord, name: string, rewrite: (text: string) => string | undefined): string | null => {
    const value = record.get(name);
    if (value === undefined || value.kind === 'null') return null;
    return value.kind === 'string' ? (rewrite(value.text) ?? null) : value.raw;
  };
  const land = async (placed: Placed, { mapping, keeper, writer }: NonNullable<typeof plan>): Promise<void> => {
    const { record, file, line } = placed;
    const at = { file, line };
    if (
      needs.length > 0 &&
      !keeper.admit(
        needs.map(({ name, rewrite }) => textOf(record, name, rewrite)),
        at,
      )
    )
      return;
    const mapped = mapping.map(record);
    if (mapped.as === 'refused') throw new EngineError(mapped.code, mapped.reason, { place: at });
    if (mapped.as === 'rejected') {
      await output.reject({ at: `${file}:${line}`, reason: mapped.reason, row: mapping.keepAside(record) });
      return;
    }
    discarded += BigInt(mapped.discarded);
    keeper.keep(
      keeper.needs.map((column) => mapped.texts[column] ?? null),
      at,
    );
    writer.add(mapped.values);
    await output.flush(writer);
  };

  return {
    add: async (record, file, line) => {
      if (plan !== undefined) return land({ record, file, line }, plan);
      seen.add(record);
      held.push({ record, file, line });
      for (const { raw } of record.values()) heldCharacters += raw.length;
      if (held.length >= SAMPLED_RECORDS || heldCharacters >= SAMPLED_CHARACTERS) await begin(false);
    },
    end: async (counted) => {
      const { mapping, keeper, writer } = plan ?? (await begin(true));
      await output.end(writer.end());
      const { added, missing, discarded: left } = mapping;
      return { ...keeper.figures(counted), drift: { added, missing, discarded: left }, discardedValues: discarded };
    },
  };
}
