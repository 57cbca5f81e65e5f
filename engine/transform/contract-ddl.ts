import { identifier } from '../sql-text.ts';
import type { Contract } from './contract.ts';

/** The table that a contract promises: its columns in its order, with its types. */
export function contractTable(contract: Contract, relation: string, options: { unlogged?: boolean } = {}): string {
  const columns = contract.columns.map(({ name, written }) => `  ${identifier(name)} ${written}`);
  return `create ${options.unlogged ? 'unlogged ' : ''}table ${relation} (\n${columns.join(',\n')}\n)`;
}

/**
 * Fills a table that `contractTable` made. The values are assigned, not cast: a text that is too long is an error and is not cut
 * off, a number is rounded to the scale of its column as dbt's insert rounds it.
 */
export function contractInsert(contract: Contract, relation: string, sql: string): string {
  return `insert into ${relation} (${columnList(contract)})\n${contractSelect(contract, sql)}`;
}

/** The query with its columns in the order of the contract. */
export function contractSelect(contract: Contract, sql: string): string {
  return `select ${columnList(contract)} from (\n${sql}\n) as contracted`;
}

function columnList({ columns }: Contract): string {
  return columns.map(({ name }) => identifier(name)).join(', ');
}
