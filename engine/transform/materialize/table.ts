import { literal } from '../../sql-text.ts';
import { applyConstraints } from '../contract-constraints.ts';
import { contractInsert, contractSelect, contractTable } from '../contract-ddl.ts';
import { enforceContract } from '../contract.ts';
import { createIndexes } from './create-indexes.ts';
import type { Made, Making } from './materialize.ts';

/** Builds a table from a query, with its contract, constraints and indexes. */
export async function makeTable(making: Making): Promise<Made> {
  const { sql } = await making.render({ isIncremental: false });
  const affected = await createTableAs(making, making.storeTable, sql);
  await finishTable(making);
  const { storeTable } = making;
  return { select: `select * from ${storeTable}`, storeTable, delta: null, affected, sql, slices: [] };
}

/** A new table with a query's rows; with a contract it has the contract's columns and types. */
export async function createTableAs(making: Making, table: string, sql: string): Promise<bigint> {
  const { model, session, isEmpty } = making;
  const query = isEmpty ? `select * from (\n${sql}\n) as nothing limit 0` : sql;
  const contract = await enforceContract(model, query, session);
  const unlogged = model.config.unlogged ?? false;
  if (contract === null) return session.execute(`create ${unlogged ? 'unlogged ' : ''}table ${table} as\n${query}`);
  await session.execute(contractTable(contract, table, { unlogged }));
  return session.execute(contractInsert(contract, table, query));
}

/** The query with the columns of the model's contract, in their order; as it is without one. */
export async function contracted(making: Making, sql: string): Promise<string> {
  const contract = await enforceContract(making.model, sql, making.session);
  return contract === null ? sql : contractSelect(contract, sql);
}

/** What follows when a table has all its rows: constraints, indexes, and the planner's statistics. */
export async function finishTable(making: Making): Promise<void> {
  const { model, session, storeTable } = making;
  await applyConstraints(model, storeTable, making.tableOf, session);
  await createIndexes(model, storeTable, session);
  await session.execute(`analyze ${storeTable}`);
  if (model.config.persist_docs?.['relation'] && model.description) {
    await session.execute(`comment on table ${storeTable} is ${literal(model.description)}`);
  }
}
