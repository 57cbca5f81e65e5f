import { EngineError } from '../../errors.ts';
import type { LandedColumn } from '../../contracts/pull.ts';
import { encoderOf } from '../../tuples/encode-value.ts';
import { declaredText, declaredType } from '../json/declared-text.ts';
import { reconcileColumns } from '../reconcile-columns.ts';
import { keepFigures } from './keep-figures.ts';
import type { LandedFigures, LandingInput } from './landing.ts';
import { refusedFile } from './refuse-file.ts';
import { sliceText } from './slices.ts';
import type { Slices } from './slices.ts';
import { writeSlices } from './write-slices.ts';

/** Lands the rows of files that have a header and texts: CSV and workbooks. Each file must have the columns of the first. */
export interface SliceLanding {
  readonly header: (names: readonly string[], file: string) => void;
  readonly block: (slices: Slices, file: string) => Promise<void>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
}

export function landSlices(input: LandingInput): SliceLanding {
  let plan: Plan | undefined;
  return {
    header: (names, file) => {
      plan ??= planLanding(names, file, input);
      const difference = names.findIndex((name, at) => name !== plan?.names[at]);
      if (names.length === plan.names.length && difference === -1) return;
      const at = difference === -1 ? Math.min(names.length, plan.names.length) : difference;
      throw refusedFile(`column ${at + 1} is not that of ${plan.file}: all files of a table have one header`, file, 1);
    },
    block: (slices, file) => (plan as Plan).block(slices, file),
    end: (counted) => {
      if (plan === undefined) throw new TypeError('landing ends without a header');
      return plan.end(counted);
    },
  };
}

interface Plan {
  readonly names: readonly string[];
  readonly file: string;
  readonly block: (slices: Slices, file: string) => Promise<void>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
}

function planLanding(names: readonly string[], file: string, { job, output, upper, onColumns }: LandingInput): Plan {
  const { table } = job;
  const place = { file: table.declaredIn, line: table.line };
  const declared = new Map(table.columns.map((column) => [column.name, column]));
  const found = names.map((name): LandedColumn => ({ name, type: declaredType(declared.get(name)) }));
  const reconciled = reconcileColumns({
    table,
    called: file,
    found,
    standing: job.standing,
    refusal: 'EXTRACT_FILE_REFUSED',
  });
  const { columns } = reconciled;
  const from = reconciled.from.map((at) => at ?? -1);
  const keeper = keepFigures({ table, columns, window: job.window, upper });
  const writer = writeSlices(from);
  onColumns(columns);

  const typed = columns.flatMap(({ name, type }, at) => {
    if (type === 'text' || from[at] === -1) return [];
    return [
      {
        at,
        name,
        type,
        field: from[at] as number,
        rewrite: declaredText(declared.get(name), place),
        encode: encoderOf(type),
      },
    ];
  });
  const surprises = reconciled.rejectWhenSet.map((name) => ({ name, field: names.indexOf(name) }));
  const kept = names.flatMap((name, field) => (declared.get(name)?.pii === undefined ? [{ name, field }] : []));
  const encoded: (Buffer | null | undefined)[] = [];
  const texts: (string | null)[] = keeper.needs.map(() => null);
  const needed = keeper.needs.map((at) => ({
    field: from[at] as number,
    typed: typed.findIndex((each) => each.at === at),
  }));
  const typedTexts: (string | null)[] = [];
  const policy = table.schema_drift;
  let discarded = 0n;

  const block = async (slices: Slices, fileName: string): Promise<void> => {
    for (let row = 0; row < slices.rows; row += 1) {
      const first = row * slices.width;
      const line = slices.lines[row] as number;
      const bad = typed.length === 0 ? undefined : encodeTyped(slices, first);
      if (needed.length > 0) {
        for (let each = 0; each < needed.length; each += 1) {
          const { field, typed: at } = needed[each] as (typeof needed)[number];
          texts[each] = at !== -1 ? (typedTexts[at] ?? null) : field === -1 ? null : sliceText(slices, first + field);
        }
        if (!keeper.admit(texts, { file: fileName, line })) continue;
      }
      const reason = surpriseOf(slices, first) ?? bad?.reason;
      if (reason !== undefined && (bad === undefined || policy !== 'discard_value' || surprises.length > 0)) {
        if (policy === 'discard_row') {
          await output.reject({ at: `${fileName}:${line}`, reason, row: asJson(slices, first) });
          continue;
        }
        throw new EngineError('EXTRACT_TYPE_REFUSED', reason, { place: { file: fileName, line } });
      }
      discarded += bad?.count ?? 0n;
      if (needed.length > 0) keeper.keep(texts, { file: fileName, line });
      writer.add(slices, row, encoded);
      if (writer.pendingBytes() > 192 * 1024) await output.flush(writer);
    }
  };
  /** The first value that is not of its declared type, and how many there are. */
  const encodeTyped = (slices: Slices, first: number): { reason: string; count: bigint } | undefined => {
    let reason: string | undefined;
    let count = 0n;
    for (let each = 0; each < typed.length; each += 1) {
      const { at, name, type, field, rewrite, encode } = typed[each] as (typeof typed)[number];
      const source = sliceText(slices, first + field);
      const text = source === null ? undefined : rewrite(source);
      const value = text === undefined ? undefined : encode(text);
      encoded[at] = value ?? null;
      typedTexts[each] = value === undefined ? null : (text as string);
      if (source === null || value !== undefined) continue;
      reason ??= `column ${name} is not a value of type ${type}`;
      count += 1n;
    }
    return reason === undefined ? undefined : { reason, count };
  };
  const surpriseOf = (slices: Slices, first: number): string | undefined => {
    for (const { name, field } of surprises) {
      if (slices.ends[first + field] !== -1) return `it has a value in the new column ${name}`;
    }
    return undefined;
  };
  const asJson = (slices: Slices, first: number): string =>
    JSON.stringify(Object.fromEntries(kept.map(({ name, field }) => [name, sliceText(slices, first + field)])));

  return {
    names,
    file,
    block,
    end: async (counted) => {
      await output.end(writer.end());
      const { added, missing, discarded: left } = reconciled;
      return { ...keeper.figures(counted), drift: { added, missing, discarded: left }, discardedValues: discarded };
    },
  };
}
