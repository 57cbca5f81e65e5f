import type { Config, Connection } from '../contracts/config.ts';
import type { SourceTable } from '../contracts/source.ts';

type Field = keyof SourceTable;

const DATABASE: readonly Field[] = ['schema', 'identifier', 'query'];
const FILE: readonly Field[] = ['file', 'format', 'delimiter', 'sheet'];
const HTTP: readonly Field[] = ['path', 'params', 'paging', 'since_param'];

/** Which fields say where a table is, by kind of connection; the other kinds' fields are refused. */
const FIELDS: Readonly<Record<Connection['type'], readonly Field[]>> = {
  postgres: DATABASE,
  mysql: DATABASE,
  bigquery: DATABASE,
  files: [...FILE, 'records'],
  http: [...HTTP, 'records'],
};

/** What a table of this kind of connection cannot do without. */
const REQUIRED: Partial<Record<Connection['type'], Field>> = { files: 'file', http: 'path' };

/** The first thing in a table's declaration that does not fit its connection or itself, with the field it stands in. */
export function unfitTable(
  table: SourceTable,
  type: Connection['type'],
  config: Pick<Config, 'pii_key'>,
): readonly [field: Field, message: string] | undefined {
  return unfitPlace(table, type) ?? unfitMode(table) ?? unfitColumns(table, type, config);
}

function unfitPlace(table: SourceTable, type: Connection['type']): readonly [Field, string] | undefined {
  const required = REQUIRED[type];
  if (required !== undefined && table[required] === undefined) {
    return [required, `its connection is of type ${type}, so it needs a ${required}`];
  }
  const foreign = [...DATABASE, ...FILE, ...HTTP, 'records' as const].find(
    (field) => table[field] !== undefined && !FIELDS[type].includes(field),
  );
  if (foreign !== undefined) return [foreign, `${foreign} is not for connections of type ${type}`];
  if (table.query !== undefined && (table.schema !== undefined || table.identifier !== undefined)) {
    return ['query', 'a query stands in place of schema and identifier'];
  }
  return undefined;
}

function unfitMode(table: SourceTable): readonly [Field, string] | undefined {
  if (table.mode === 'incremental' && table.cursor === undefined) {
    return ['mode', 'an incremental pull needs a cursor'];
  }
  if (table.mode !== 'incremental' && table.cursor !== undefined) {
    return ['cursor', `a cursor is for mode incremental; this table's is ${table.mode}`];
  }
  if (table.write === 'merge' && table.key.length === 0) return ['write', 'merge needs a key'];
  if (table.write !== undefined && table.mode !== 'incremental') {
    return ['write', `write is for mode incremental; this table's is ${table.mode}`];
  }
  return undefined;
}

function unfitColumns(
  table: SourceTable,
  type: Connection['type'],
  config: Pick<Config, 'pii_key'>,
): readonly [Field, string] | undefined {
  const names = table.columns.map(({ name }) => name);
  const double = names.find((name, at) => names.indexOf(name) !== at);
  if (double !== undefined) return ['columns', `column '${double}' is declared twice`];
  for (const column of table.columns) {
    if (FIELDS[type] === DATABASE && (column.type !== undefined || column.format !== undefined)) {
      return ['columns', `column '${column.name}': a database knows its own types; use a query to change one`];
    }
    if (column.group !== undefined && column.group === column.decimal) {
      return ['columns', `column '${column.name}': decimal and group are the same sign`];
    }
    if (column.pii === undefined) continue;
    const uses = (['key', 'control_totals'] as const).find((field) => table[field].includes(column.name));
    if (uses === 'control_totals' || (uses === 'key' && column.pii !== 'hash')) {
      return [uses, `column '${column.name}' is personal data (${column.pii}), so it cannot be in ${uses}`];
    }
    if (column.name === table.cursor?.column || column.name === table.period) {
      return ['columns', `column '${column.name}' is personal data, so it cannot be a cursor or period`];
    }
    if (column.pii === 'hash' && config.pii_key === undefined) {
      return ['columns', `column '${column.name}' is to be hashed, so tickmark.yml needs a pii_key`];
    }
  }
  return undefined;
}
