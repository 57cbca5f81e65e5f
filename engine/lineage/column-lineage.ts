import type { SelectStmt } from 'libpg-query';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { identifier, relation as quotedRelation } from '../sql-text.ts';
import { changed, combine, NOTHING } from './flow.ts';
import type { Flow } from './flow.ts';
import type { ColumnLineage, Influence, InputColumn, ModelLineage, Origin } from './model-lineage.ts';
import { parseSelect } from './parse-select.ts';
import { findColumn, isOpen } from './shape.ts';
import type { Shape } from './shape.ts';
import { snapshotColumns } from './snapshot-columns.ts';
import { tableShape } from './table-shape.ts';
import { traceQuery } from './trace-query.ts';
import type { ColumnsOf } from './trace-query.ts';

export interface LineageInput {
  /** Compiled with the live schemas' names. */
  readonly compiled: Pick<CompiledProject, 'models' | 'relation'>;
  /** Landed tables as `source.table`. */
  readonly sources: readonly string[];
  /** By the quoted name of the relation; what it does not know is only needed where the SQL leaves it open (`*`, bare names in joins). */
  readonly columnsOf: ColumnsOf;
}

/**
 * Where each model's columns come from, by Postgres' own grammar and rules of naming. What its SQL does not settle is told in
 * `unresolved`. Loads the parser (2 MB of WebAssembly) when it is first called.
 */
export async function columnLineage({ compiled, sources, columnsOf }: LineageInput): Promise<ModelLineage[]> {
  const parse = await parseSelect();
  const owners = new Map<string, Pick<InputColumn, 'node' | 'type'>>();
  const names = (name: string): void => {
    owners.set(compiled.relation(name), { node: name, type: name.includes('.') ? 'source' : 'model' });
  };
  for (const source of sources) names(source);
  for (const { name, materialized } of compiled.models) if (materialized !== 'ephemeral') names(name);

  // Models come after those they read, so what a query makes of `*` is known from the SQL above it, not only from the catalog.
  const made = new Map<string, readonly string[]>();
  const knownColumns: ColumnsOf = (relation) => made.get(relation) ?? columnsOf(relation);
  return compiled.models.map((model) => {
    const relation = model.materialized === 'ephemeral' ? null : compiled.relation(model.name);
    const lineage = ofModel(model, {
      parse,
      owners,
      knownColumns,
      own: relation === null ? null : columnsOf(relation),
    });
    // What YAML says of a seed need not be all of its columns, and SQL that was not understood has none.
    const unknown = model.resource === 'seed' || lineage.columns.length === 0;
    if (relation !== null && !unknown && !lineage.unresolved.some(({ column }) => column === '*')) {
      const names = lineage.columns.map(({ name }) => name);
      made.set(relation, names);
    }
    return lineage;
  });
}

interface Known {
  readonly parse: (sql: string) => SelectStmt | string;
  readonly owners: ReadonlyMap<string, Pick<InputColumn, 'node' | 'type'>>;
  readonly knownColumns: ColumnsOf;
  /** The model's own columns as they stand in the warehouse. */
  readonly own: readonly string[] | null;
}

function ofModel(model: CompiledModel, known: Known): ModelLineage {
  const { parse, owners, knownColumns, own } = known;
  if (model.resource === 'seed') {
    const columns = (own ?? model.columns.map(({ name }) => name)).map((name) => ({
      name,
      origins: [],
      influences: [],
    }));
    return { model: model.name, columns, rows: [], unresolved: [] };
  }
  const select = parse(model.sql);
  if (typeof select === 'string') {
    return { model: model.name, columns: [], rows: [], unresolved: [{ column: null, reason: select }] };
  }
  const traced = traceQuery(select, (schema, name) => {
    const relation = schema === undefined ? identifier(name) : quotedRelation(schema, name);
    return { relation, shape: tableShape(relation, knownColumns(relation)) };
  });
  const { shape, unresolved } = closed(traced.shape, own);
  const full = model.resource === 'snapshot' ? [...shape, ...snapshotColumns(model.config, traced.shape)] : shape;
  const toInput = <Kind>(each: { relation: string; column: string; kind: Kind }): InputColumn & { kind: Kind } => ({
    ...(owners.get(each.relation) ?? { node: each.relation, type: 'relation' }),
    column: each.column,
    kind: each.kind,
  });
  const columns = full.map(({ name, flow }): ColumnLineage => {
    const origins: Origin[] = flow.origins.map(toInput);
    const influences: Influence[] = flow.influences.map(toInput);
    return { name, origins, influences };
  });
  return {
    model: model.name,
    columns,
    rows: combine([NOTHING, traced.rows]).influences.map(toInput),
    unresolved: [
      ...unresolved,
      ...full.flatMap(({ name, flow }) => flow.problems.map((reason) => ({ column: name, reason }))),
      ...traced.rows.problems.map((reason) => ({ column: null, reason })),
    ],
  };
}

/** The columns one by one; where a `*` is left open, those that the model has in the warehouse stand for it. */
function closed(
  shape: Shape,
  own: readonly string[] | null,
): {
  readonly shape: readonly { readonly name: string; readonly flow: Flow }[];
  readonly unresolved: ModelLineage['unresolved'];
} {
  const open = shape.filter(isOpen);
  const named = shape.flatMap((entry) => (isOpen(entry) ? [] : [entry]));
  if (open.length === 0) return { shape: named, unresolved: [] };
  const missing = (own ?? []).filter((name) => !named.some((entry) => entry.name === name));
  if (own !== null) {
    const found = missing.map((name) => ({ name, flow: findColumn(shape, name)?.flow ?? changed(NOTHING, 'derived') }));
    return { shape: [...named, ...found], unresolved: [] };
  }
  return {
    shape: named,
    unresolved: open.map(({ of }) => ({ column: '*', reason: `the columns of ${of} are not known` })),
  };
}
