import type { ColumnSpec } from '../contracts/model-config.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { describeQuery } from '../warehouse/describe-query.ts';
import type { QueryColumn } from '../warehouse/describe-query.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { contractedTypes } from './contract-types.ts';
import type { ContractedType } from './contract-types.ts';

/** The columns that a model promised, in the order of its YAML. */
export interface Contract {
  readonly columns: readonly {
    readonly name: string;
    /** As Postgres prints it; of a domain, what it is made of. */
    readonly type: string;
    /** The type as it is written, and what `custom` constraints put behind it, for `create table`. */
    readonly written: string;
  }[];
}

/**
 * Compares what a model's SQL gives with what its contract promises, before it is built; null when it has no enforced contract.
 * Throws TRANSFORM_CONTRACT with every difference. Runs nothing and leaves nothing.
 *
 * As in dbt the order of columns is free, and types that assign to each other without a change of kind (text and varchar, int
 * and smallint) are one. Beyond dbt, a precision or length that both sides name has to be the same; where the SQL names none,
 * the table has the contract's.
 */
export async function enforceContract(model: CompiledModel, sql: string, session: Session): Promise<Contract | null> {
  if (model.config.contract?.enforced !== true) return null;
  const promised = await promisedColumns(model, session);
  const given = await describeQuery(session, sql);
  const differences = [...repeated(given), ...compare(promised, given)];
  if (differences.length > 0) throw broken(model, promised, differences);
  return {
    columns: promised.map(({ name, column, type }) => ({
      name,
      type: type.name,
      written: [type.written, ...customOf(column)].join(' '),
    })),
  };
}

function customOf({ constraints }: ColumnSpec): readonly string[] {
  return constraints.flatMap(({ type, expression }) =>
    type === 'custom' && expression !== undefined ? [expression] : [],
  );
}

interface Promised {
  readonly name: string;
  readonly column: ColumnSpec;
  readonly type: ContractedType;
}

interface Difference {
  readonly name: string;
  readonly defined: string;
  readonly contracted: string;
  readonly reason: string;
}

async function promisedColumns(model: CompiledModel, session: Session): Promise<Promised[]> {
  if (model.columns.length === 0)
    fail(model, 'has an enforced contract, and declares no columns', { file: model.file });
  const names = new Set<string>();
  for (const column of model.columns) {
    const name = columnName(column);
    if (column.dataType === undefined) {
      fail(model, `has an enforced contract, and column ${name} has no data_type`, placeOf(model, column));
    }
    if (names.has(name)) fail(model, `declares column ${name} twice`, placeOf(model, column));
    names.add(name);
  }
  const types = await contractedTypes(
    model.columns.map((column) => ({ column, text: column.dataType ?? '' })),
    { aliases: model.config.contract?.alias_types ?? true },
    session,
    ({ column, text }, reason) =>
      fail(model, `column ${columnName(column)} has the data_type ${text}: ${reason}`, placeOf(model, column)),
  );
  return model.columns.map((column, at) => ({ name: columnName(column), column, type: types[at] as ContractedType }));
}

function compare(promised: readonly Promised[], given: readonly QueryColumn[]): Difference[] {
  const given_ = new Map(given.map((column) => [column.name, column]));
  const missing = given.filter(({ name }) => !promised.some((each) => each.name === name));
  return [
    ...promised.flatMap(({ name, type }): Difference[] => {
      const found = given_.get(name);
      if (found === undefined) {
        const guess = didYouMean(
          name,
          missing.map((column) => column.name),
        );
        return [{ name, defined: '', contracted: type.name, reason: `missing in definition${guess}` }];
      }
      const reason = type.differs(found);
      return reason === undefined ? [] : [{ name, defined: found.type, contracted: type.name, reason }];
    }),
    ...missing.map(({ name, type }) => ({ name, defined: type, contracted: '', reason: 'missing in contract' })),
  ];
}

function repeated(given: readonly QueryColumn[]): Difference[] {
  return given
    .filter(({ name }, at) => given.findIndex((other) => other.name === name) !== at)
    .map(({ name, type }) => ({ name, defined: type, contracted: '', reason: 'named twice in definition' }));
}

function broken(model: CompiledModel, promised: readonly Promised[], differences: readonly Difference[]): EngineError {
  const rows = [
    ['column', 'defined', 'contracted', 'mismatch_reason'],
    ...differences.map(({ name, defined, contracted, reason }) => [name, defined, contracted, reason]),
  ];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  const first = promised.find(({ name }) => differences.some((each) => each.name === name));
  return new EngineError('TRANSFORM_CONTRACT', `model ${model.name} breaks its contract\n\n${lines.join('\n')}\n`, {
    place: first === undefined ? placeOf(model, model.columns[0]) : placeOf(model, first.column),
  });
}

/** As Postgres reads it where dbt writes it: in lower case unless `quote` is set. */
export function columnName({ name, quote }: ColumnSpec): string {
  return quote ? name : name.toLowerCase();
}

export function placeOf(model: CompiledModel, column: ColumnSpec | undefined): Place {
  return column?.file === undefined ? { file: model.file } : { file: column.file, line: column.line };
}

function fail(model: CompiledModel, what: string, place: Place): never {
  throw new EngineError('TRANSFORM_CONTRACT', `model ${model.name} ${what}`, { place });
}
