import { wordFailure } from '../../jinja/word-failure.ts';
import { identifier, literal } from '../../sql-text.ts';
import { listOf } from '../python/itertools.ts';
import { text } from '../python/text.ts';
import { adapterColumns, asRelation } from '../words/adapter.ts';
import { Column } from '../words/column.ts';
import { plain } from '../words/plain.ts';
import type { Relation } from '../words/relation.ts';
import type { Builtins, MacroTools } from './builtin.ts';

type Given = Readonly<Record<string, unknown>>;

/** dbt_utils' macros that look at the columns of relations. */
export const relationMacros: Builtins = {
  get_filtered_columns_in_relation: {
    takes: ['from', 'except'],
    run: ({ from, except }, tools) => filteredColumns('get_filtered_columns_in_relation', from, except, tools) ?? '',
  },
  star: {
    takes: ['from', 'relation_alias', 'except', 'prefix', 'suffix', 'quote_identifiers'],
    run: star,
  },
  union_relations: {
    takes: ['relations', 'column_override', 'include', 'exclude', 'source_column_name', 'where'],
    run: unionRelations,
  },
  unpivot: {
    takes: ['relation', 'cast_to', 'exclude', 'remove', 'field_name', 'value_name', 'quote_identifiers'],
    run: unpivot,
  },
  deduplicate: {
    takes: ['relation', 'partition_by', 'order_by'],
    run: ({ relation, partition_by: by, order_by: order }) =>
      `select\n    distinct on (${text(by)}) *\nfrom ${text(relation)}\norder by ${text(by)},${text(order)}`,
  },
  nullcheck: { takes: ['cols'], run: ({ cols }) => nullcheck(listOf(cols)) },
  nullcheck_table: {
    takes: ['relation'],
    run: ({ relation }, { scene }) => {
      const from = relationIn('nullcheck_table', relation);
      return `select ${nullcheck(adapterColumns(from, scene()))}\nfrom ${from.toString()}`;
    },
  },
};

function relationIn(word: string, value: unknown): Relation {
  const relation = asRelation(`dbt_utils.${word}`, value);
  if (relation.is_cte && relation.schema === null) {
    throw wordFailure(
      'COMPILE_TEMPLATE',
      `dbt_utils.${word} cannot look into an ephemeral model; make it a view or a table`,
    );
  }
  return relation;
}

/** Names of the columns but these, whatever their case; undefined while nothing is asked yet. */
function filteredColumns(word: string, from: unknown, except: unknown, { scene }: MacroTools): string[] | undefined {
  const left = new Set(listOf(plain(except ?? [])).map((name) => text(name).toLowerCase()));
  const columns = adapterColumns(relationIn(word, from), scene());
  if (!scene().execute) return undefined;
  return columns.map(({ name }) => name).filter((name) => !left.has(name.toLowerCase()));
}

function star(given: Given, tools: MacroTools): string {
  const { from, relation_alias: alias, except, prefix = '', suffix = '', quote_identifiers: quoted = true } = given;
  const names = filteredColumns('star', from, except, tools);
  if (names === undefined) return '*';
  if (names.length === 0) return '/* no columns returned from star() macro */';
  const quote = (name: string): string => (quoted ? identifier(name) : name);
  const [before, after] = [text(plain(prefix)), text(plain(suffix))];
  return names
    .map((name) => {
      const column = `${alias ? `${text(alias)}.` : ''}${quote(name)}`;
      return before === '' && after === '' ? column : `${column} as ${quote(before + name + after)}`;
    })
    .join(',\n  ');
}

function unionRelations(given: Given, { scene }: MacroTools): string {
  const { relations, column_override: override, include, exclude, where } = given;
  const source = given['source_column_name'] === undefined ? '_dbt_source_relation' : given['source_column_name'];
  const [only, left] = [include, exclude].map((names) =>
    listOf(plain(names ?? [])).map((name) => text(name).toLowerCase()),
  );
  // Whatever their case, as of dbt_utils 1.
  const wanted = (name: string): boolean => (only?.length ? only.includes(name) : !left?.includes(name));
  if (only?.length && left?.length) {
    throw wordFailure('COMPILE_TEMPLATE', 'dbt_utils.union_relations takes include or exclude, not both');
  }
  const all = listOf(relations).map((each) => relationIn('union_relations', each));
  const columns = all.map((each) => adapterColumns(each, scene()).filter(({ name }) => wanted(name.toLowerCase())));
  if (!scene().execute) return '';
  const union = widest(columns.flat());
  if (union.size === 0 && (only?.length || left?.length)) {
    throw wordFailure('COMPILE_TEMPLATE', 'dbt_utils.union_relations: include and exclude leave no columns');
  }
  const types = entriesOf(plain(override ?? {}));
  return all
    .map((relation, index) => {
      const own = new Set(columns[index]?.map(({ name }) => name));
      const list = [...union.values()].map((column) => {
        const value = own.has(column.name) ? column.quoted : 'null';
        return `cast(${value} as ${types.get(column.name) ?? column.data_type}) as ${column.quoted}`;
      });
      // Where it is live: rows must not tell in which run they were built.
      const name = source === null ? [] : [`cast(${literal(relation.shown)} as TEXT) as ${text(source)}`];
      const filter = where ? `\n    where ${text(where)}` : '';
      return `(\n    select\n        ${[...name, ...list].join(',\n        ')}\n    from ${relation.toString()}${filter}\n)`;
    })
    .join('\nunion all\n');
}

/** Each column once, in the order of its first mention; of texts the one that holds the longest. */
function widest(columns: readonly Column[]): ReadonlyMap<string, Column> {
  const found = new Map<string, Column>();
  for (const column of columns) {
    const known = found.get(column.name);
    if (known === undefined || known.can_expand_to(column)) found.set(column.name, column);
  }
  return found;
}

function unpivot(given: Given, { scene }: MacroTools): string {
  const { relation, cast_to: type = 'varchar', exclude, remove } = given;
  const { field_name: field = 'field_name', value_name: value = 'value', quote_identifiers: quoted = false } = given;
  if (!relation) throw wordFailure('COMPILE_TEMPLATE', 'dbt_utils.unpivot needs a relation');
  const from = relationIn('unpivot', relation);
  const quote = (name: string): string => (quoted ? identifier(name) : name);
  const kept = listOf(plain(exclude ?? [])).map(text);
  const left = new Set([...kept, ...listOf(plain(remove ?? [])).map(text)].map((name) => name.toLowerCase()));
  return adapterColumns(from, scene())
    .filter(({ name }) => !left.has(name.toLowerCase()))
    .map((column) => {
      const name = quote(column.name);
      const inner = column.data_type === 'boolean' ? `cast(${name} as TEXT)` : name;
      const list = [
        ...kept.map(quote),
        `cast(${literal(column.name)} as TEXT) as ${quote(text(field))}`,
        `cast(${inner} as ${text(type)}) as ${quote(text(value))}`,
      ];
      return `select\n    ${list.join(',\n    ')}\nfrom ${from.toString()}`;
    })
    .join('\nunion all\n');
}

function nullcheck(columns: readonly unknown[]): string {
  return columns
    .filter((column) => column instanceof Column)
    .map((column) => (column.is_string() ? `nullif(${column.name},'') as ${column.name}` : column.name))
    .join(',\n');
}

function entriesOf(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  const entries =
    'entries' in value && typeof value.entries === 'function'
      ? [...(value.entries as () => Iterable<readonly [unknown, unknown]>)()]
      : Object.entries(value);
  return new Map(entries.map(([key, each]) => [String(key), String(each)]));
}
