import type { SourceTable } from '../contracts/source.ts';

type Field = keyof SourceTable;

/** What says how a table is pulled: nothing is, of a table that is in the warehouse already. */
const OF_A_PULL: readonly Field[] = [
  'query',
  'file',
  'format',
  'delimiter',
  'sheet',
  'path',
  'params',
  'paging',
  'since_param',
  'records',
  'cursor',
  'write',
  'period',
];

/** The first thing in the declaration of a table in the warehouse that only a pull could heed, with the field it stands in. */
export function unfitWarehouseTable(table: SourceTable): readonly [field: Field, message: string] | undefined {
  const why = 'it is in the warehouse, where it is read as it stands and never pulled';
  const field = OF_A_PULL.find((each) => table[each] !== undefined);
  if (field !== undefined) return [field, `${field} is not for connection: warehouse; ${why}`];
  if (table.mode !== 'full') return ['mode', `mode is not for connection: warehouse; ${why}`];
  if (table.schema_drift !== 'freeze') return ['schema_drift', `schema_drift is not for connection: warehouse; ${why}`];
  if (!table.read_back) return ['read_back', `read_back is not for connection: warehouse; ${why}`];
  for (const { name, type, format, group, pii } of table.columns) {
    const said = Object.entries({ type, format, group, pii }).find(([, value]) => value !== undefined)?.[0];
    if (said !== undefined) return ['columns', `column '${name}': ${said} is not for connection: warehouse; ${why}`];
  }
  return undefined;
}
