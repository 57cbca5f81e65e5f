import { identifier, literal } from '../../sql-text.ts';
import { trust } from '../../jinja/callable.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import type { Scene, Stage } from '../scene.ts';
import { nameArguments } from './arguments.ts';
import { ask } from './ask.ts';
import { Column, columnClass } from './column.ts';
import { text } from '../python/text.ts';
import { harmless } from './harmless.ts';
import { plain } from './plain.ts';
import { Relation, relationOfSql } from './relation.ts';
import type { RelationType } from './relation.ts';
import { runQuery } from './statements.ts';

/** Finds the macro that stands for a name in a package, as `adapter.dispatch` does. */
export type Dispatch = (name: string, packageName: string | undefined) => unknown;

/** `adapter`, `api` and `load_relation`: what templates ask of the warehouse itself. */
export function adapterWords(stage: Stage, dispatch: Dispatch): object {
  const getRelation = (...given: unknown[]): Relation | null => {
    const { schema, identifier: name } = nameArguments(
      'adapter.get_relation',
      ['database', 'schema', 'identifier'],
      given,
    );
    return findRelation(text(plain(schema)), text(plain(name)), stage.scene());
  };
  const quote = (name: unknown): string => identifier(text(plain(name)));
  // What it gives is a name and nothing else, whatever it is given.
  trust(quote);
  const adapter = {
    type: (): string => 'postgres',
    dispatch: (...given: unknown[]): unknown => {
      const takes = ['macro_name', 'macro_namespace', 'packages'];
      const { macro_name: name, macro_namespace: home } = nameArguments('adapter.dispatch', takes, given);
      return dispatch(text(plain(name)), typeof plain(home) === 'string' ? text(plain(home)) : undefined);
    },
    quote,
    quote_as_configured: quote,
    quote_seed_column: quote,
    get_relation: getRelation,
    load_relation: (relation: unknown) => loadRelation(relation, stage.scene()),
    get_columns_in_relation: (relation: unknown): readonly Column[] => adapterColumns(relation, stage.scene()),
    get_missing_columns: (from: unknown, to: unknown): readonly Column[] => {
      const there = new Set(adapterColumns(to, stage.scene()).map(({ name }) => name));
      return adapterColumns(from, stage.scene()).filter(({ name }) => !there.has(name));
    },
    check_schema_exists: (...given: unknown[]): boolean => {
      const { schema } = nameArguments('adapter.check_schema_exists', ['database', 'schema'], given);
      const scene = stage.scene();
      scene.spoken.asksWarehouse = true;
      if (!scene.execute) return false;
      const sql = `select 1 as found from pg_catalog.pg_namespace where nspname = ${literal(text(plain(schema)))}`;
      return ask(sql, scene).rows.length > 0;
    },
    execute: (...given: unknown[]): readonly unknown[] => {
      const { sql } = nameArguments('adapter.execute', ['sql', 'auto_begin', 'fetch', 'limit'], given);
      const result = runQuery(text(sql), stage.scene());
      return [result?.response ?? null, result?.table ?? null];
    },
    get_column_schema_from_query: (sql: unknown): readonly Column[] => {
      const scene = stage.scene();
      scene.spoken.asksWarehouse = true;
      if (!scene.execute) return [];
      const { rows, types } = ask(text(sql), scene, { typed: true });
      return Object.keys(rows[0] ?? types).map((name) => new Column(name, types[name] ?? 'text'));
    },
    ...Object.fromEntries(CHANGES.map((name) => [name, () => refuseChange(name)])),
  };
  return {
    adapter,
    load_relation: (relation: unknown) => loadRelation(relation, stage.scene()),
    get_columns_in_relation: adapter.get_columns_in_relation,
    api: { Relation: relationClass, Column: columnClass },
  };
}

const CHANGES = [
  'create_schema',
  'drop_schema',
  'drop_relation',
  'truncate_relation',
  'rename_relation',
  'expand_target_column_types',
];

function refuseChange(name: string): never {
  throw wordFailure(
    'COMPILE_TEMPLATE',
    `adapter.${name}: relations are made and dropped by the build alone; take this call out`,
  );
}

const relationClass = {
  create: (...given: unknown[]): Relation => {
    const takes = ['database', 'schema', 'identifier', 'type', 'quote_policy', 'include_policy'];
    const parts = nameArguments('api.Relation.create', takes, given);
    const part = (name: string): string | null =>
      text(parts[name]) === '' ? null : text(harmless(parts[name], `a relation's ${name}`));
    return new Relation({
      database: part('database'),
      schema: part('schema'),
      identifier: part('identifier'),
      type: part('type') as RelationType,
    });
  },
  Table: 'table',
  View: 'view',
  CTE: 'cte',
  External: 'external',
};

function loadRelation(relation: unknown, scene: Scene): Relation | null {
  const { schema, identifier: name } = asRelation('load_relation', relation);
  return findRelation(schema ?? '', name ?? '', scene);
}

function findRelation(schema: string, name: string, scene: Scene): Relation | null {
  scene.spoken.asksWarehouse = true;
  scene.spoken.looksAround = true;
  if (!scene.execute) return null;
  const { rows } = ask(
    `select case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = ${literal(schema)} and c.relname = ${literal(name)} and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    scene,
  );
  const type = rows[0]?.['type'] ?? null;
  return type === null ? null : new Relation({ schema, identifier: name, type: type as RelationType });
}

/** The columns of a relation as the warehouse has them; none while nothing is asked yet. */
export function adapterColumns(relation: unknown, scene: Scene): readonly Column[] {
  scene.spoken.asksWarehouse = true;
  scene.spoken.looksAround = true;
  const { schema, identifier: name } = asRelation('get_columns_in_relation', relation);
  if (!scene.execute) return [];
  const { rows } = ask(
    `select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
from information_schema.columns
where table_schema = ${literal(schema ?? '')} and table_name = ${literal(name ?? '')}
order by ordinal_position`,
    scene,
  );
  const number = (figure: string | null | undefined): number | null =>
    figure === null || figure === undefined ? null : Number(figure);
  return rows.map(
    (row) =>
      new Column(
        row['column_name'] ?? '',
        row['data_type'] ?? '',
        number(row['character_maximum_length']),
        number(row['numeric_precision']),
        number(row['numeric_scale']),
      ),
  );
}

/** What ref or source gave; a text is read as `schema.name`. */
export function asRelation(word: string, value: unknown): Relation {
  if (value instanceof Relation) return value;
  const text = plain(value);
  const [, schema, name] = typeof text === 'string' ? (/^([\w$]+)\.([\w$]+)$/.exec(text) ?? []) : [];
  if (schema !== undefined && name !== undefined) return new Relation({ schema, identifier: name });
  if (typeof text === 'string' && text.startsWith('"')) return relationOfSql(text);
  throw wordFailure('COMPILE_TEMPLATE', `${word} takes a relation, as ref('orders') gives it`);
}
