import { identifier } from '../../sql-text.ts';
import type { TableColumn } from './columns-of.ts';
import type { Making } from './materialize.ts';

/** Copies the standing table into this run's own, with other columns: what is new in it is null. */
export async function rebuiltWithColumns(
  { session, storeTable }: Making,
  base: string,
  { standing, columns }: { readonly standing: readonly TableColumn[]; readonly columns: readonly TableColumn[] },
): Promise<void> {
  const select = columns.map(({ name, type }) => {
    const before = standing.find((column) => column.name === name);
    const value = before === undefined ? 'null' : identifier(name);
    return before?.type === type ? identifier(name) : `cast(${value} as ${type}) as ${identifier(name)}`;
  });
  await session.execute(`create table ${storeTable} as select ${select.join(', ')} from ${base}`);
}
