import type { LandedColumn } from '../../contracts/pull.ts';
import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';
import { encoderOf } from '../../tuples/encode-value.ts';
import { reconcileColumns } from '../reconcile-columns.ts';
import type { ReconciledColumns } from '../reconcile-columns.ts';
import { declaredText, declaredType } from './declared-text.ts';
import type { JsonRecord, JsonValue } from './parse-records.ts';

/** Postgres has no table with more. */
const MAX_COLUMNS = 1_600;

/** The names that records have, in the order in which they first appear. */
export interface RecordNames {
  readonly add: (record: JsonRecord) => void;
  readonly names: () => readonly string[];
  /** How many records were added. */
  readonly records: () => number;
}

/** Collects the names of records; more than a table can have is refused by `called`. */
export function collectNames(called: string): RecordNames {
  const names = new Set<string>();
  let records = 0;
  return {
    add: (record) => {
      records += 1;
      for (const name of record.keys()) names.add(name);
      if (names.size <= MAX_COLUMNS) return;
      throw new EngineError(
        'EXTRACT_CEILING',
        `${called} has more than ${MAX_COLUMNS} different members in its records`,
      );
    },
    names: () => [...names],
    records: () => records,
  };
}

/** A record that landed, one that is kept aside, or one that refuses the pull. */
export type MappedRecord =
  | {
      readonly as: 'row';
      /** In the order of the columns, as the warehouse reads them: for totals and cursors. */
      readonly texts: readonly (string | null)[];
      /** The same in Postgres' binary form. */
      readonly values: readonly (Buffer | null)[];
      /** How many values were left out because they are not of their declared type. */
      readonly discarded: number;
    }
  | { readonly as: 'rejected'; readonly column: string; readonly reason: string }
  | {
      readonly as: 'refused';
      readonly column: string;
      readonly reason: string;
      readonly code: 'EXTRACT_TYPE_REFUSED' | 'LAND_SCHEMA_CHANGED';
    };

export interface RecordColumns extends ReconciledColumns {
  readonly map: (record: JsonRecord) => MappedRecord;
  /** The record as JSON text for keeping aside, without the members that hold personal data. */
  readonly keepAside: (record: JsonRecord) => string;
}

export interface RecordColumnsInput {
  readonly table: DeclaredSource;
  /** How the source calls the table, for messages. */
  readonly called: string;
  readonly seen: RecordNames;
  readonly standing: readonly LandedColumn[] | null;
  /**
   * Whether the names are those of all the table's records. A member may be left out where it has no value, so only the whole
   * of a table that has records can show that a column is gone.
   */
  readonly whole: boolean;
}

/** Which members of records land, as what and where, and each record's values under the declared types and the drift policy. */
export function recordColumns(input: RecordColumnsInput): RecordColumns {
  const { table, called, standing } = input;
  const place = { file: table.declaredIn, line: table.line };
  const declared = new Map(table.columns.map((column) => [column.name, column]));
  const found = foundNames(input).map((name) => ({ name, type: declaredType(declared.get(name)) }));
  if (found.length === 0) {
    throw new EngineError(
      'EXTRACT_COLUMN_MISSING',
      `${called} gave no record that has a member, and no columns are declared for it`,
      { place },
    );
  }
  const reconciled = reconcileColumns({ table, called, found, standing });
  const readers = reconciled.columns.map(({ name, type }) => {
    const column = declared.get(name);
    return { name, read: valueReader(type, declaredText(column, place)), type };
  });
  const known = new Set([...found.map(({ name }) => name), ...readers.map(({ name }) => name)]);
  const left = new Set(table.columns.flatMap(({ name, pii }) => (pii === undefined ? [] : [name])));
  const policy = table.schema_drift;

  const map = (record: JsonRecord): MappedRecord => {
    const surprise = findSurprise(record);
    if (surprise) return surprise;
    const texts: (string | null)[] = [];
    const values: (Buffer | null)[] = [];
    let discarded = 0;
    for (const { name, type, read } of readers) {
      const value = record.get(name);
      const isNull = value === undefined || value.kind === 'null';
      const form = isNull ? undefined : read(value);
      if (!isNull && form === undefined) {
        if (policy !== 'discard_value') {
          const reason = `column ${name} is not a value of type ${type}`;
          if (policy === 'discard_row') return { as: 'rejected', column: name, reason };
          return { as: 'refused', column: name, reason, code: 'EXTRACT_TYPE_REFUSED' };
        }
        discarded += 1;
      }
      texts.push(form?.text ?? null);
      values.push(form?.bytes ?? null);
    }
    return { as: 'row', texts, values, discarded };
  };

  /** A value where none may be: in a column that is new, or in one that was not there when the columns were looked at. */
  const findSurprise = (record: JsonRecord): MappedRecord | undefined => {
    for (const name of reconciled.rejectWhenSet) {
      const value = record.get(name);
      if (value === undefined || value.kind === 'null') continue;
      return { as: 'rejected', column: name, reason: `it has a value in the new column ${name}` };
    }
    for (const [name, value] of record) {
      if (known.has(name) || policy === 'discard_value') continue;
      if (policy !== 'discard_row') {
        const reason = `column ${name} first appears here: declare it under columns`;
        return { as: 'refused', column: name, reason, code: 'LAND_SCHEMA_CHANGED' };
      }
      if (value.kind !== 'null') {
        return { as: 'rejected', column: name, reason: `it has a value in the new column ${name}` };
      }
    }
    return undefined;
  };

  return {
    ...reconciled,
    map,
    keepAside: (record) => {
      const members = [...record].filter(([name]) => !left.has(name));
      return `{${members.map(([name, { raw }]) => `${JSON.stringify(name)}:${raw}`).join(',')}}`;
    },
  };
}

/** Reads one member of records as the text of the type that it lands as; undefined for none, and for what is not of the type. */
export function recordReader(
  table: DeclaredSource,
  name: string,
): { readonly type: string; readonly read: (record: JsonRecord) => string | undefined } {
  const column = table.columns.find((each) => each.name === name);
  const type = declaredType(column);
  const read = valueReader(type, declaredText(column, { file: table.declaredIn, line: table.line }));
  return {
    type,
    read: (record) => {
      const value = record.get(name);
      return value === undefined || value.kind === 'null' ? undefined : read(value)?.text;
    },
  };
}

/** Declared columns first, as they are declared; then those that appeared. */
function foundNames({ table, seen, standing, whole }: RecordColumnsInput): readonly string[] {
  const names = new Set(seen.names());
  const stands = new Set(standing?.map(({ name }) => name));
  const mayBeGone = whole && seen.records() > 0;
  const declared = table.columns.map(({ name }) => name);
  const expected = mayBeGone
    ? declared.filter((name) => names.has(name) || !stands.has(name))
    : [...declared, ...stands];
  return [...new Set([...expected, ...names])];
}

interface Form {
  readonly text: string;
  readonly bytes: Buffer;
}

function valueReader(
  type: string,
  rewrite: (text: string) => string | undefined,
): (value: JsonValue) => Form | undefined {
  const encode = encoderOf(type);
  return (value) => {
    const text = formOf(value, type, rewrite);
    const bytes = text === undefined ? undefined : encode(text);
    return bytes && { text: text as string, bytes };
  };
}

/** A decimal comma is how texts write numbers; JSON's own numbers have a point. */
function formOf(value: JsonValue, type: string, rewrite: (text: string) => string | undefined): string | undefined {
  if (type === 'json') return value.raw;
  if (type === 'text') return value.text;
  switch (value.kind) {
    case 'string':
      return rewrite(value.text);
    case 'number':
    case 'boolean':
      return value.raw;
    default:
      return undefined;
  }
}
