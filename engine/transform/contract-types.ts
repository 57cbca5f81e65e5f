import { EngineError } from '../errors.ts';
import { describeQuery } from '../warehouse/describe-query.ts';
import type { QueryColumn } from '../warehouse/describe-query.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** A type that a contract names. */
export interface ContractedType {
  /** As Postgres prints it: `numeric(18,2)` of `decimal(18, 2)`. */
  readonly name: string;
  readonly written: string;
  /** Why a column of a query does not fit it; undefined when it does. */
  readonly differs: (column: QueryColumn) => string | undefined;
}

/** The types named by contracts, all in one question to the warehouse. `refuse` is told of the first that is none. */
export async function contractedTypes<T extends { readonly text: string }>(
  named: readonly T[],
  options: { readonly aliases: boolean },
  session: Session,
  refuse: (named: T, reason: string) => never,
): Promise<ContractedType[]> {
  for (const each of named) if (!isTypeText(each.text)) refuse(each, 'that is not the name of a type');
  const written = named.map(({ text }) => withoutAlias(text, options.aliases));
  const casts = written.map((text, at) => `cast(null as ${text}) as c${at}`);
  const columns = await describeQuery(session, `select ${casts.join(',\n')}`).catch((error: unknown) => {
    const at = brokenCast(error, casts);
    const broken = at === undefined ? undefined : named[at];
    if (broken === undefined) throw error;
    return refuse(broken, (error as EngineError).database?.reason ?? 'Postgres does not know it');
  });
  return columns.map((column, at) => fitting(column, written[at] ?? column.type));
}

/** dbt's other name for text; all others (int, int4, bool, varchar, decimal) Postgres knows itself. */
function withoutAlias(text: string, aliases: boolean): string {
  return aliases ? text.replace(/^\s*string\b/i, 'text') : text;
}

/** Words, numbers in brackets, array brackets and a schema: nothing that could be more than a type. */
function isTypeText(text: string): boolean {
  const word = String.raw`(?:[a-z_][a-z0-9_]*|"[^"\0]+")`;
  const size = String.raw`\(\s*-?\d+(?:\s*,\s*-?\d+)?\s*\)`;
  return new RegExp(
    String.raw`^\s*${word}(?:\.${word})?\s*(?:${size})?(?:\s+${word})*\s*(?:${size})?(?:\s+${word})*\s*(?:\[\d*\])*\s*$`,
    'i',
  ).test(text);
}

function brokenCast(error: unknown, casts: readonly string[]): number | undefined {
  if (!(error instanceof EngineError) || error.database?.position === undefined) return undefined;
  let end = 'select '.length;
  return casts.findIndex((cast) => {
    end += cast.length + 2;
    return (error.database?.position ?? 0) <= end;
  });
}

function fitting(contracted: QueryColumn, written: string): ContractedType {
  return {
    name: contracted.type,
    written,
    differs: (column) => {
      if (!assigns(column.typeOid, contracted.typeOid)) return 'data type mismatch';
      const bothSized = column.modifier !== -1 && contracted.modifier !== -1;
      return bothSized && column.modifier !== contracted.modifier ? 'precision mismatch' : undefined;
    },
  };
}

/**
 * Whether a contract on Postgres takes one type for the other, as dbt does, whose driver names them alike; but not where digits
 * would be lost without a word: double precision is no real.
 */
function assigns(from: number, to: number): boolean {
  if (from === to) return true;
  if (from === FLOAT8 && to === FLOAT4) return false;
  return ALIKE.some((types) => types.includes(from) && types.includes(to));
}

const [FLOAT4, FLOAT8] = [700, 701];
/** Numbers in pg_type: int2, int4 · float4, float8 · name, text, bpchar, varchar; and the arrays of them. */
const ALIKE: readonly (readonly number[])[] = [
  [21, 23],
  [FLOAT4, FLOAT8],
  [19, 25, 1042, 1043],
  [1005, 1007],
  [1003, 1009, 1014, 1015],
];
