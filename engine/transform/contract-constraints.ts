import { hash } from 'node:crypto';
import type { Constraint } from '../contracts/model-config.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { columnName, placeOf } from './contract.ts';

/** One constraint of a contract as a statement over the table that was built. */
export interface ConstraintDdl {
  readonly sql: string;
  /** `not_null of column amount`, for messages. */
  readonly what: string;
  readonly place: Place;
}

/** The table in the store that a foreign key refers to, quoted, by the name of a model or `source.table`; undefined: there is none. */
export type TableOf = (name: string) => Promise<string | undefined>;

/**
 * What a contract's constraints are over a table that has its rows. None without an enforced contract, as in dbt, and none for a
 * view, which has no constraints.
 */
export async function constraintDdl(
  model: CompiledModel,
  relation: string,
  tableOf: TableOf,
): Promise<readonly ConstraintDdl[]> {
  if (model.config.contract?.enforced !== true || model.materialized === 'view') return [];
  const ofColumns = model.columns.flatMap((column) =>
    // What is custom of a column stands in its definition: a default, a collation.
    column.constraints
      .filter(({ type }) => type !== 'custom')
      .map((constraint) => ({
        constraint: { ...constraint, columns: [columnName(column)] },
        of: `column ${columnName(column)}`,
        place: placeOf(model, column),
      })),
  );
  const ofModel = model.constraints.map((constraint) => ({
    constraint: { ...constraint, columns: constraint.columns?.map((name) => spelling(model, name)) },
    of: `model ${model.name}`,
    place: placeOf(model, model.columns[0]),
  }));
  const statements: ConstraintDdl[] = [];
  for (const { constraint, of, place } of [...ofColumns, ...ofModel]) {
    const what = `${constraint.type} of ${of}`;
    const refuse = (reason: string): never => {
      throw new EngineError('TRANSFORM_CONTRACT', `model ${model.name}: ${what} ${reason}`, { place });
    };
    const clause = await clauseOf(constraint, relation, tableOf, refuse);
    statements.push({ sql: `alter table ${relation} ${clause}`, what, place });
  }
  return statements;
}

/** Puts the constraints on the table that was built; a row that breaks one is TRANSFORM_CONTRACT. */
export async function applyConstraints(
  model: CompiledModel,
  relation: string,
  tableOf: TableOf,
  session: Session,
): Promise<void> {
  for (const { sql, what, place } of await constraintDdl(model, relation, tableOf)) {
    await session.execute(sql).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
      const reason = error.database?.reason ?? error.message;
      throw new EngineError('TRANSFORM_CONTRACT', `model ${model.name}: ${what}: ${reason}`, { place });
    });
  }
}

type Of = Omit<Constraint, 'columns'> & { readonly columns?: readonly string[] | undefined };

async function clauseOf(
  constraint: Of,
  relation: string,
  tableOf: TableOf,
  refuse: (reason: string) => never,
): Promise<string> {
  const { type, expression = '', columns = [] } = constraint;
  const list = columns.map(identifier).join(', ');
  if (columns.length === 0 && type !== 'check' && type !== 'custom') return refuse('names no columns');
  switch (type) {
    case 'not_null':
      return columns.map((name) => `alter column ${identifier(name)} set not null`).join(', ');
    case 'unique':
      return `add ${named(constraint, relation)}unique ${expression} (${list})`;
    case 'primary_key':
      return `add ${named(constraint, relation)}primary key (${list}) ${expression}`.trimEnd();
    case 'check':
      if (expression === '') return refuse('has no expression');
      return `add ${named(constraint, relation)}check (${expression}\n)`;
    case 'foreign_key':
      return `add ${named(constraint, relation)}foreign key (${list}) references ${await referred(constraint, tableOf, refuse)}`;
    case 'custom':
      if (expression === '') return refuse('has no expression');
      return `add ${named(constraint, relation)}${expression}`;
    default:
      return type satisfies never;
  }
}

/**
 * A name that the author gave. An index of a key is named in its schema, where the tables of several runs stand beside each
 * other: the relation's hash keeps them apart.
 */
function named({ name }: Of, relation: string): string {
  if (name === undefined) return '';
  return `constraint ${identifier(`${name.slice(0, 50)}_${hash('sha256', relation).slice(0, 8)}`)} `;
}

async function referred(
  { to, to_columns: keys = [], expression }: Of,
  tableOf: TableOf,
  refuse: (reason: string) => never,
) {
  const [, spelt = '', rest = ''] =
    to === undefined ? (/^\s*([^\s(]+(?:\([^)]*\))?)\s*(.*)$/s.exec(expression ?? '') ?? []) : [null, to.trim()];
  if (spelt === '') return refuse("says neither to: ref('...') and to_columns nor an expression");
  const name = referenceName(spelt);
  const table = (await tableOf(name)) ?? (spelt === name && name.includes('.') ? quoted(name) : undefined);
  if (table === undefined) return refuse(`refers to ${name}, which is no table in the warehouse`);
  return to === undefined
    ? `${table} ${rest}`
    : `${table}${keys.length === 0 ? '' : ` (${keys.map(identifier).join(', ')})`}`;
}

/** `orders` of ref('orders'), `erp.orders` of source('erp', 'orders'), a table's own name as it is. */
function referenceName(spelt: string): string {
  const [, word, given = ''] = /^(ref|source)\((.*)\)$/s.exec(spelt) ?? [];
  if (word === undefined) return spelt.replaceAll('"', '');
  const texts = given.split(',').map((text) => text.trim().replaceAll(/^['"]|['"]$/g, ''));
  return word === 'ref' ? (texts.at(-1) ?? '') : texts.join('.');
}

function quoted(name: string): string {
  return name.split('.').map(identifier).join('.');
}

/** As the column that is declared under it spells itself; dbt writes it without quotes, so that capitals are no difference. */
function spelling({ columns }: CompiledModel, name: string): string {
  const declared = columns.find((column) => column.name === name || columnName(column) === name.toLowerCase());
  return declared === undefined ? name.toLowerCase() : columnName(declared);
}
