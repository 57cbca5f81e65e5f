import type { Node, RangeFunction } from 'libpg-query';
import type { Flow } from './flow.ts';
import type { Shape } from './shape.ts';
import { isOpen, renamed } from './shape.ts';
import { stringsOf } from './strings-of.ts';

/** Postgres' own functions that give rows of named columns; every other that is known here gives one, named like the function. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  json_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_each: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
  each: ['key', 'value'],
  json_array_elements: ['value'],
  json_array_elements_text: ['value'],
  jsonb_array_elements: ['value'],
  jsonb_array_elements_text: ['value'],
  pg_input_error_info: ['message', 'detail', 'hint', 'sql_error_code'],
  ts_stat: ['word', 'ndoc', 'nentry'],
};
const ONE_COLUMN = new Set([
  'generate_series',
  'generate_subscripts',
  'json_object_keys',
  'jsonb_object_keys',
  'jsonb_path_query',
  'jsonb_path_query_tz',
  'regexp_matches',
  'regexp_split_to_table',
  'string_to_table',
  'unnest',
]);

/** The columns of a function in a from clause; every one of them depends on all that the function was given. */
export function functionColumns({ functions, alias, coldeflist, ordinality }: RangeFunction, flow: Flow): Shape {
  const named = alias?.aliasname;
  const calls = (functions ?? []).flatMap((entry) => ('List' in entry ? [entry.List.items ?? []] : []));
  const shape = calls.flatMap(([call, defined]): Shape => {
    const definitions = defined && 'List' in defined ? (defined.List.items ?? []) : (coldeflist ?? []);
    const names = definitions.flatMap((each) => ('ColumnDef' in each ? [each.ColumnDef.colname ?? ''] : []));
    if (names.length > 0) return names.map((name) => ({ name, flow }));
    return columnsOfCall(call, calls.length === 1 ? named : undefined, flow);
  });
  const numbered: Shape = ordinality ? [...shape, { name: 'ordinality', flow: { ...flow, origins: [] } }] : shape;
  const names = stringsOf(alias?.colnames);
  // Named by position, and whatever the function calls them they come from what it was given.
  if (names.length > 0 && numbered.some(isOpen)) return names.map((name) => ({ name, flow }));
  return renamed(numbered, names);
}

function columnsOfCall(call: Node | undefined, alias: string | undefined, flow: Flow): Shape {
  const name = call && 'FuncCall' in call ? (stringsOf(call.FuncCall.funcname).at(-1) ?? '') : '';
  const known = COLUMNS[name];
  if (known) return known.map((column) => ({ name: column, flow }));
  const arrays = call && 'FuncCall' in call && name === 'unnest' ? (call.FuncCall.args?.length ?? 1) : 1;
  if (arrays > 1) return Array.from({ length: arrays }, () => ({ name, flow }));
  if (ONE_COLUMN.has(name)) return [{ name: alias ?? name, flow }];
  // Whatever its columns are called, they come from what it was given.
  return [{ of: `the function ${name}`, without: new Set(), column: () => flow }];
}
