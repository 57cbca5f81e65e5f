import { wordFailure } from '../../jinja/word-failure.ts';
import { identifier, literal } from '../../sql-text.ts';
import { listOf } from '../python/itertools.ts';
import { text } from '../python/text.ts';
import { DateTime } from '../python/datetime.ts';
import { varsOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { asRelation } from '../words/adapter.ts';
import { ask } from '../words/ask.ts';
import { plain } from '../words/plain.ts';
import { Relation } from '../words/relation.ts';
import type { RelationType } from '../words/relation.ts';
import { runQuery } from '../words/statements.ts';
import type { Builtin, Builtins, MacroTools } from './builtin.ts';
import { relationMacros } from './dbt-utils-relations.ts';
import { dbtMacros } from './dbt.ts';

function sql(takes: readonly string[], write: (...given: string[]) => string): Builtin {
  return { takes, run: (given) => write(...takes.map((name) => text(given[name]))) };
}

/** dbt_utils' macros by their documented behaviour, as they are on Postgres. */
export const dbtUtilsMacros: Builtins = {
  // Before version 1 of dbt_utils the cross-database macros were its own.
  ...Object.fromEntries(Object.entries(dbtMacros).filter(([name]) => name !== 'date')),
  ...relationMacros,

  generate_surrogate_key: {
    takes: ['field_list'],
    run: ({ field_list: fields }, { call, scene }) => {
      const asEmpty = Boolean(varsOf(scene())['surrogate_key_treat_nulls_as_empty_strings']);
      const none = asEmpty ? '' : '_dbt_utils_surrogate_key_null_';
      const type = text(call('dbt', 'type_string'));
      const parts = listOf(fields).flatMap((field) => [`coalesce(cast(${text(field)} as ${type}), '${none}')`, "'-'"]);
      return call('dbt', 'hash', call('dbt', 'concat', parts.slice(0, -1)));
    },
  },
  surrogate_key: {
    takes: ['field_list'],
    run: () => {
      throw wordFailure(
        'COMPILE_TEMPLATE',
        'dbt_utils.surrogate_key is gone: use dbt_utils.generate_surrogate_key, which also tells null from an empty text',
      );
    },
  },

  group_by: {
    takes: ['n'],
    run: ({ n }) => `group by ${Array.from({ length: Number(plain(n)) }, (_, index) => index + 1).join(',')}`,
  },
  safe_add: { takes: ['field_list'], run: ({ field_list: fields }) => coalesced(fields, ' + ', 'safe_add') },
  safe_subtract: { takes: ['field_list'], run: ({ field_list: fields }) => coalesced(fields, ' - ', 'safe_subtract') },
  safe_divide: sql(['numerator', 'denominator'], (a, b) => `( ${a} ) / nullif( ( ${b} ), 0)`),
  degrees_to_radians: sql(['degrees'], (degrees) => `acos(-1) * ${degrees} / 180`),
  haversine_distance: {
    takes: ['lat1', 'lon1', 'lat2', 'lon2', 'unit'],
    run: ({ lat1, lon1, lat2, lon2, unit = 'mi' }) => {
      const rate = { mi: '1', km: '1.60934' }[text(plain(unit))];
      if (rate === undefined) throw wordFailure('COMPILE_TEMPLATE', "haversine_distance: unit is 'mi' or 'km'");
      const [a, b, c, d] = [lat1, lon1, lat2, lon2].map(text);
      return `2 * 3961 * asin(sqrt(power((sin(radians((${c} - ${a}) / 2))), 2) +
    cos(radians(${a})) * cos(radians(${c})) *
    power((sin(radians((${d} - ${b}) / 2))), 2))) * ${rate}`;
    },
  },
  width_bucket: {
    takes: ['expr', 'min_value', 'max_value', 'num_buckets'],
    run: ({ expr, min_value: least, max_value: most, num_buckets: count }, { call }) => {
      const size = `(( ${text(most)} - ${text(least)} ) / ${text(count)} )`;
      const numeric = call('dbt', 'type_numeric');
      const [value, step] = [text(expr), size].map((each) => text(call('dbt', 'safe_cast', each, numeric)));
      return `(
        case when mod(${value}, ${step}) = 0 then 1 else 0 end
    ) +
    least(
        ceil((${text(expr)} - ${text(least)}) / ${size}),
        ${text(count)} + 1
    )`;
    },
  },

  get_url_host: {
    takes: ['field'],
    run: ({ field }, { call }) => {
      const bare = ["'android-app://'", "'http://'", "'https://'"].reduce<unknown>(
        (whole, scheme) => call('dbt', 'replace', whole, scheme, "''"),
        field,
      );
      const host = call('dbt', 'split_part', call('dbt', 'split_part', bare, "'/'", 1), "'?'", 1);
      return call('dbt', 'safe_cast', host, call('dbt', 'type_string'));
    },
  },
  get_url_path: {
    takes: ['field'],
    run: ({ field }, { call }) => {
      const bare = call('dbt', 'replace', call('dbt', 'replace', field, "'http://'", "''"), "'https://'", "''");
      const [slash, query] = ["'/'", "'?'"].map((sign) => text(call('dbt', 'position', sign, bare)));
      const start = `coalesce(nullif(${slash}, 0), ${query} - 1)`;
      const rest = call('dbt', 'right', bare, `${text(call('dbt', 'length', bare))} - ${start}`);
      return call('dbt', 'safe_cast', call('dbt', 'split_part', rest, "'?'", 1), call('dbt', 'type_string'));
    },
  },
  get_url_parameter: {
    takes: ['field', 'url_parameter'],
    run: ({ field, url_parameter: name }, { call }) => {
      const after = call('dbt', 'split_part', field, `'${text(name)}='`, 2);
      return `nullif(${text(call('dbt', 'split_part', after, "'&'", 1))}, '')`;
    },
  },

  pivot: {
    takes: [
      'column',
      'values',
      'alias',
      'agg',
      'cmp',
      'prefix',
      'suffix',
      'then_value',
      'else_value',
      'quote_identifiers',
      'distinct',
    ],
    run: (given, tools) =>
      listOf(given['values'])
        .map((value) => pivoted(value, given, tools))
        .join(',\n'),
  },
  slugify: { takes: ['string'], run: ({ string }) => slugify(text(plain(string))) },

  get_column_values: {
    takes: ['table', 'column', 'order_by', 'max_records', 'default', 'where'],
    run: (given, tools) => columnValues(given, tools),
  },
  get_query_results_as_dict: {
    takes: ['query'],
    run: ({ query }, { scene }) => {
      const table = runQuery(text(query), scene())?.table;
      return Object.fromEntries(table?.columns.items() ?? []);
    },
  },
  get_single_value: {
    takes: ['query', 'default'],
    run: ({ query, default: otherwise = null }, { scene }) => {
      const row = runQuery(text(query), scene())?.data[0];
      return Array.isArray(row) ? (row[0] as unknown) : otherwise;
    },
  },

  get_table_types_sql: sql([], () => TABLE_TYPES),
  get_tables_by_pattern_sql: {
    takes: ['schema_pattern', 'table_pattern', 'exclude', 'database'],
    run: ({ schema_pattern: schema, table_pattern: table, exclude = '' }) => tablesLike(schema, table, exclude),
  },
  get_tables_by_prefix_sql: {
    takes: ['schema', 'prefix', 'exclude', 'database'],
    run: ({ schema, prefix, exclude = '' }) => tablesLike(schema, `${text(prefix)}%`, exclude),
  },
  get_relations_by_pattern: {
    takes: ['schema_pattern', 'table_pattern', 'exclude', 'database'],
    run: ({ schema_pattern: schema, table_pattern: table, exclude = '' }, { scene }) =>
      relationsLike(tablesLike(schema, table, exclude), scene()),
  },
  get_relations_by_prefix: {
    takes: ['schema', 'prefix', 'exclude', 'database'],
    run: ({ schema, prefix, exclude = '' }, { scene }) =>
      relationsLike(tablesLike(schema, `${text(prefix)}%`, exclude), scene()),
  },

  pretty_time: {
    takes: ['format'],
    run: ({ format = '%H:%M:%S' }, { scene }) => {
      const { runClock } = scene().world.target;
      return runClock === undefined ? '' : DateTime.parse(runClock).strftime(text(plain(format)));
    },
  },
  pretty_log_format: {
    takes: ['message'],
    run: ({ message }, { call }) => `${text(call('dbt_utils', 'pretty_time'))} + ${text(message)}`,
  },
  log_info: {
    takes: ['message'],
    run: ({ message }, { scene, call }) => {
      scene().world.target.log?.(text(plain(call('dbt_utils', 'pretty_log_format', message))));
      return '';
    },
  },
};

const TABLE_TYPES = `case table_type
    when 'BASE TABLE' then 'table'
    when 'EXTERNAL TABLE' then 'external'
    when 'MATERIALIZED VIEW' then 'materializedview'
    else lower(table_type)
end as "table_type"`;

function coalesced(fields: unknown, sign: string, word: string): string {
  if (!Array.isArray(fields)) {
    throw wordFailure('COMPILE_TEMPLATE', `dbt_utils.${word} takes one list, as ${word}(['a', 'b'])`);
  }
  return fields.map((field) => `coalesce(${text(field)}, 0)`).join(sign);
}

function pivoted(value: unknown, given: Readonly<Record<string, unknown>>, { call }: MacroTools): string {
  const { column, alias = true, agg = 'sum', cmp = '=', prefix = '', suffix = '', distinct = false } = given;
  const { then_value: then = 1, else_value: otherwise = 0, quote_identifiers: quoted = true } = given;
  const escaped = text(call('dbt', 'escape_single_quotes', text(value)));
  const condition = `${text(column)} ${text(cmp)} '${escaped}'`;
  const sum = `${text(agg)}(${distinct ? 'distinct ' : ''}case when ${condition} then ${text(then)} else ${text(otherwise)} end)`;
  if (!alias) return sum;
  const name = `${text(plain(prefix))}${text(plain(value))}${text(plain(suffix))}`;
  return `${sum} as ${quoted ? identifier(name) : slugify(name)}`;
}

function slugify(name: string): string {
  const bare = name
    .toLowerCase()
    .replaceAll(/[ -]+/g, '_')
    .replaceAll(/[^a-z0-9_]+/g, '');
  return /^\d/.test(bare) ? `_${bare}` : bare;
}

function columnValues(given: Readonly<Record<string, unknown>>, { scene }: MacroTools): unknown {
  const {
    table,
    column,
    order_by: order = 'count(*) desc',
    max_records: most,
    default: otherwise = null,
    where,
  } = given;
  const now = scene();
  now.spoken.asksWarehouse = true;
  now.spoken.looksAround = true;
  if (!now.execute) return otherwise ?? [];
  const relation = asRelation('dbt_utils.get_column_values', table);
  refuseEphemeral(relation, 'get_column_values');
  if (otherwise !== null && !stands(relation, now)) return otherwise;
  const filter = where === undefined || where === null ? '' : `\nwhere ${text(where)}`;
  const limit = most === undefined || most === null ? '' : `\nlimit ${text(most)}`;
  const query = `select ${text(column)} as value\nfrom ${relation.toString()}${filter}\ngroup by ${text(column)}\norder by ${text(order)}${limit}`;
  const values = runQuery(query, now)?.data.map((row) => (Array.isArray(row) ? (row[0] as unknown) : null)) ?? [];
  return values.length > 0 ? values : otherwise;
}

function stands(relation: Relation, scene: Scene): boolean {
  return ask(`select to_regclass(${literal(relation.render())}) as oid`, scene).rows[0]?.['oid'] !== null;
}

/** An ephemeral model stands nowhere, so its columns and values cannot be asked for. */
function refuseEphemeral(relation: Relation, word: string): void {
  if (!relation.is_cte || relation.schema !== null) return;
  throw wordFailure(
    'COMPILE_TEMPLATE',
    `dbt_utils.${word} cannot look into an ephemeral model; make it a view or a table`,
  );
}

function tablesLike(schema: unknown, table: unknown, exclude: unknown): string {
  // Where models are stored is no schema that anybody means: every model stands there once more. And while a run builds beside what
  // is live, its own are meant.
  return `select distinct
    table_schema as "table_schema",
    table_name as "table_name",
    ${TABLE_TYPES}
from information_schema.tables as found
where table_schema ilike '${text(schema)}'
and table_name ilike '${text(table)}'
and table_name not ilike '${text(exclude)}'
and right(table_schema, 7) <> '__store'
and table_schema !~ '__retired_'
and not exists (
  select 1 from information_schema.tables as beside
  where beside.table_name = found.table_name and beside.table_schema ~ ('^' || found.table_schema || '__r[0-9]+$')
)`;
}

function relationsLike(query: string, scene: Scene): readonly Relation[] {
  return (runQuery(query, scene)?.data ?? []).map((row) => {
    const [schema, name, type] = (row as readonly unknown[]).map((each) => (each === null ? null : text(each)));
    return new Relation({ schema: schema ?? null, identifier: name ?? null, type: (type ?? null) as RelationType });
  });
}
