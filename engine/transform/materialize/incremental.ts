import { EngineError } from '../../errors.ts';
import { identifier } from '../../sql-text.ts';
import { afterDelta, applyDelta, COMING, STANDING } from '../../warehouse/delta.ts';
import type { Delta } from '../../warehouse/delta.ts';
import { columnSql } from './column-sql.ts';
import { columnsOfTable } from './columns-of.ts';
import type { TableColumn } from './columns-of.ts';
import { makeMicrobatch } from './microbatch.ts';
import type { Made, Making } from './materialize.ts';
import { makeMerge } from './merge.ts';
import { predicatesOf } from './predicates-of.ts';
import { rebuiltWithColumns } from './rebuilt-with-columns.ts';
import { contracted, finishTable, makeTable } from './table.ts';

type Strategy = NonNullable<Making['model']['config']['incremental_strategy']>;

/**
 * Builds an incremental model: from nothing, or only what is new. The standing table is not touched: what is put in and taken out
 * is kept beside it until the run is published, so that checks see the whole and readers nothing half done.
 */
export async function makeIncremental(making: Making): Promise<Made> {
  const strategy = strategyOf(making);
  if (strategy === 'microbatch') return makeMicrobatch(making);
  const base = making.standing?.storeTable ?? null;
  if (!making.plan.isIncremental || base === null) return makeTable(making);
  const { session, deltaTable } = making;
  const { sql } = await making.render({ isIncremental: true });
  const query = await contracted(making, sql);
  await session.execute(`create table ${deltaTable} as\n${query}`);
  const fitted = await fitColumns(making, base);
  const delta = await deltaBy(strategy, making, { base: fitted.base, columns: fitted.columns });
  return fitted.isRebuilt
    ? settleNow(making, delta, sql)
    : { select: afterDelta(delta), storeTable: base, delta, affected: await count(delta, making), sql, slices: [] };
}

function strategyOf({ model }: Making): Strategy {
  return model.config.incremental_strategy ?? (model.config.unique_key?.length ? 'delete+insert' : 'append');
}

async function deltaBy(
  strategy: Exclude<Strategy, 'microbatch'>,
  making: Making,
  target: { readonly base: string; readonly columns: readonly string[] },
): Promise<Delta> {
  const { model, deltaTable } = making;
  const keys = model.config.unique_key ?? [];
  const whole = { ...target, added: deltaTable };
  switch (strategy) {
    case 'append':
      return { ...whole, removes: null };
    case 'delete+insert': {
      if (keys.length === 0) return { ...whole, removes: null };
      const conditions = [matched(keys, target.columns, deltaTable), ...predicatesOf(making)];
      return { ...whole, removes: conditions.join(' and ') };
    }
    case 'insert_overwrite': {
      const columns = model.config.partition_by ?? [];
      if (columns.length === 0)
        throw misconfigured(
          making,
          'insert_overwrite needs partition_by, the columns that say which partition a row is of',
        );
      return { ...whole, removes: matched(columns, target.columns, deltaTable, 'is not distinct from') };
    }
    case 'merge':
      if (keys.length === 0) return { ...whole, removes: null };
      return makeMerge(making, whole, keys);
    default:
      return strategy satisfies never;
  }
}

/** Standing rows of which the new ones have the same values in these columns; a null equals nothing, as in dbt. */
function matched(names: readonly string[], columns: readonly string[], delta: string, equals = '='): string {
  const pairs = names.map(
    (name) => `${columnSql(name, columns, COMING)} ${equals} ${columnSql(name, columns, STANDING)}`,
  );
  return `exists (select 1 from ${delta} as ${COMING} where ${pairs.join(' and ')})`;
}

/** Brings the new rows to the columns of the standing table, or the table to theirs, as on_schema_change says. */
async function fitColumns(
  making: Making,
  base: string,
): Promise<{ readonly base: string; readonly columns: readonly string[]; readonly isRebuilt: boolean }> {
  const { session, deltaTable, model } = making;
  const [standing, coming] = [await columnsOfTable(base, session), await columnsOfTable(deltaTable, session)];
  const added = coming.filter(({ name }) => !standing.some((column) => column.name === name));
  const missing = standing.filter(({ name }) => !coming.some((column) => column.name === name));
  const retyped = coming.filter((column) =>
    standing.some(({ name, type }) => name === column.name && type !== column.type),
  );
  const policy = model.config.on_schema_change ?? 'ignore';
  const hasChanged = added.length > 0 || missing.length > 0;
  if (policy === 'fail' && (hasChanged || retyped.length > 0)) throw changed(making, { added, missing, retyped });
  if (policy === 'ignore' && missing.length > 0) throw changed(making, { added: [], missing, retyped: [] });
  const isSync = policy === 'sync_all_columns';
  const needsTable =
    (isSync && (hasChanged || retyped.length > 0)) || (policy === 'append_new_columns' && added.length > 0);
  if (needsTable) {
    const kept = isSync ? standing.filter((column) => !missing.includes(column)) : standing;
    const columns = [
      ...kept.map((column) => (isSync ? (retyped.find(({ name }) => name === column.name) ?? column) : column)),
      ...added,
    ];
    await rebuiltWithColumns(making, base, { standing, columns });
    await conform(making, columns, coming);
    return { base: making.storeTable, columns: columns.map(({ name }) => name), isRebuilt: true };
  }
  if (added.length > 0 || missing.length > 0 || retyped.length > 0 || !sameOrder(standing, coming)) {
    await conform(making, standing, coming);
  }
  return { base, columns: standing.map(({ name }) => name), isRebuilt: false };
}

/** Writes the new rows again with these columns and types; Postgres converts as it does for an insert, or refuses. */
async function conform(making: Making, columns: readonly TableColumn[], coming: readonly TableColumn[]): Promise<void> {
  const { session, deltaTable } = making;
  const [bare, last] = [deltaTable.slice(0, -1), deltaTable.slice(-1)];
  const raw = `${bare}_raw${last}`;
  const names = columns
    .filter(({ name }) => coming.some((column) => column.name === name))
    .map(({ name }) => identifier(name));
  await session.execute(`create table ${raw} as select * from ${deltaTable}`);
  await session.execute(`drop table ${deltaTable}`);
  await session.execute(
    `create table ${deltaTable} (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
  );
  await session.execute(`insert into ${deltaTable} (${names.join(', ')}) select ${names.join(', ')} from ${raw}`);
  await session.execute(`drop table ${raw}`);
}

/** In a table that nobody reads yet nothing has to wait. */
async function settleNow(making: Making, delta: Delta, sql: string): Promise<Made> {
  const { session, storeTable } = making;
  const affected = await count(delta, making);
  await applyDelta(delta, session);
  await session.execute(`drop table ${delta.added}`);
  await finishTable(making);
  return { select: `select * from ${storeTable}`, storeTable, delta: null, affected, sql, slices: [] };
}

async function count({ added }: Delta, { session }: Making): Promise<bigint> {
  const [row] = await session.query(`select count(*)::text as rows from ${added}`);
  return BigInt(row?.['rows'] ?? '0');
}

function sameOrder(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  return a.length === b.length && a.every(({ name }, index) => b[index]?.name === name);
}

function changed(
  { model }: Making,
  changes: Readonly<Record<'added' | 'missing' | 'retyped', readonly TableColumn[]>>,
): EngineError {
  const said = Object.entries(changes)
    .filter(([, columns]) => columns.length > 0)
    .map(([what, columns]) => `${what} ${columns.map(({ name, type }) => `${name} (${type})`).join(', ')}`);
  return new EngineError('TRANSFORM_SCHEMA_CHANGED', `model ${model.name}: its columns changed: ${said.join('; ')}`, {
    place: { file: model.file },
  });
}

function misconfigured({ model }: Making, message: string): EngineError {
  return new EngineError('TRANSFORM_CONFIG', `model ${model.name}: ${message}`, { place: { file: model.file } });
}
