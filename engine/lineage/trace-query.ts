import type { CommonTableExpr, Node, SelectStmt, WindowDef } from 'libpg-query';
import { changed, combine, deciding, NOTHING, problem } from './flow.ts';
import type { Flow } from './flow.ts';
import { outputName } from './output-name.ts';
import { resolveItem } from './scope.ts';
import type { Scope } from './scope.ts';
import { findColumn, isOpen, laidOver, renamed, wholeRow } from './shape.ts';
import type { Shape } from './shape.ts';
import { stringsOf } from './strings-of.ts';
import { traceExpression } from './trace-expression.ts';
import type { ExpressionContext, QueryTrace } from './trace-expression.ts';
import { traceFrom } from './trace-from.ts';

/** The columns of a table by its quoted name, in order; null when nobody knows them. */
export type ColumnsOf = (relation: string) => readonly string[] | null;

type Ctes = ReadonlyMap<string, () => QueryTrace>;

interface Surroundings {
  readonly ctes: Ctes;
  readonly around: Scope | null;
  readonly table: (schema: string | undefined, name: string) => { readonly relation: string; readonly shape: Shape };
}

/** Traces a whole statement; `table` gives the columns of what is no common table expression. */
export function traceQuery(select: SelectStmt, table: Surroundings['table']): QueryTrace {
  return traceSelect(select, { ctes: new Map(), around: null, table });
}

function traceSelect(select: SelectStmt, outside: Surroundings): QueryTrace {
  const here: Surroundings = { ...outside, ctes: withCtes(select, outside) };
  if (select.larg && select.rarg) return traceSetOperation(select, select.larg, select.rarg, here);
  return select.valuesLists ? traceValues(select.valuesLists, here) : tracePlain(select, here);
}

function tracePlain(select: SelectStmt, here: Surroundings): QueryTrace {
  const query = (inner: SelectStmt, around: Scope): QueryTrace => traceSelect(inner, { ...here, around });
  const from = traceFrom(select.fromClause ?? [], {
    query,
    around: here.around,
    relation: (schema, name) => {
      const cte = schema === undefined ? here.ctes.get(name) : undefined;
      if (cte) return { ...cte(), table: undefined };
      const { relation, shape } = here.table(schema, name);
      return { shape, rows: NOTHING, table: relation };
    },
  });
  const windows = new Map(
    (select.windowClause ?? []).flatMap((node): [string, WindowDef][] =>
      'WindowDef' in node ? [[node.WindowDef.name ?? '', node.WindowDef]] : [],
    ),
  );
  const context: ExpressionContext = { scope: { namespace: from.namespace, around: here.around }, windows, query };
  const targets = (select.targetList ?? []).map((node) => traceTarget(node, context));
  const shape = targets.flat();

  const each = (nodes: readonly Node[] | undefined): Flow =>
    combine([NOTHING, ...(nodes ?? []).map((node) => traceExpression(node, context))]);
  const rows = combine([
    from.rows,
    deciding(traceExpression(select.whereClause, context), 'filter'),
    deciding(ofGroups(select.groupClause ?? [], shape, context), 'group_by'),
    // `distinct` alone is one empty entry.
    deciding(each(select.distinctClause?.filter((node) => Object.keys(node).length > 0)), 'group_by'),
    deciding(traceExpression(select.havingClause, context), 'filter'),
    deciding(ofOrders(select.sortClause ?? [], shape, context), 'sort'),
  ]);
  return { shape, rows };
}

function traceTarget(node: Node, context: ExpressionContext): Shape {
  if (!('ResTarget' in node)) return [];
  const { name, val } = node.ResTarget;
  if (val && 'ColumnRef' in val) {
    const fields = val.ColumnRef.fields ?? [];
    if (fields.some((field) => 'A_Star' in field)) return ofStar(stringsOf(fields), context);
  }
  if (val && 'A_Indirection' in val && val.A_Indirection.indirection?.some((step) => 'A_Star' in step)) {
    const flow = changed(traceExpression(val.A_Indirection.arg, context), 'derived');
    return [{ of: 'a composite value', without: new Set(), column: () => flow }];
  }
  return [{ name: name ?? outputName(val), flow: traceExpression(val, context) }];
}

function ofStar(qualifier: readonly string[], { scope }: ExpressionContext): Shape {
  if (qualifier.length === 0) return scope.namespace.star;
  const item = resolveItem(qualifier, scope);
  if (item) return item.shape;
  const of = qualifier.join('.');
  return [{ of, without: new Set(), column: () => problem(`there is no relation ${of}`) }];
}

/** `group by 1` and `group by alias` mean output columns; a column of the input comes before an alias. */
function ofGroups(nodes: readonly Node[], shape: Shape, context: ExpressionContext): Flow {
  const flows = nodes.map((node): Flow => {
    if ('GroupingSet' in node) return ofGroups(node.GroupingSet.content ?? [], shape, context);
    const name = plainName(node);
    const isInput = name !== undefined && findColumn(context.scope.namespace.star, name)?.sure;
    return (isInput ? undefined : ofOutput(node, shape)) ?? traceExpression(node, context);
  });
  return combine([NOTHING, ...flows]);
}

/** `order by 1` and `order by alias` mean output columns, before any column of the input. */
function ofOrders(nodes: readonly Node[], shape: Shape, context: ExpressionContext): Flow {
  const flows = nodes.map((node) => {
    const by = 'SortBy' in node ? node.SortBy.node : undefined;
    return by === undefined ? NOTHING : (ofOutput(by, shape) ?? traceExpression(by, context));
  });
  return combine([NOTHING, ...flows]);
}

function ofOutput(node: Node, shape: Shape): Flow | undefined {
  const position = 'A_Const' in node ? node.A_Const.ival?.ival : undefined;
  if (position !== undefined) {
    const before = shape.slice(0, position);
    const entry = before.at(position - 1);
    if (entry === undefined || before.some(isOpen))
      return problem(`column ${position} comes from a * that is not known`);
    return isOpen(entry) ? undefined : entry.flow;
  }
  const name = plainName(node);
  const named = shape.find((entry) => !isOpen(entry) && entry.name === name);
  return named === undefined || isOpen(named) ? undefined : named.flow;
}

function plainName(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const names = stringsOf(node.ColumnRef.fields);
  return names.length === 1 ? names[0] : undefined;
}

function traceValues(lists: readonly Node[], here: Surroundings): QueryTrace {
  const query = (inner: SelectStmt, around: Scope): QueryTrace => traceSelect(inner, { ...here, around });
  const scope: Scope = { namespace: { items: [], star: [] }, around: here.around };
  const rows = lists.map((list): Shape => {
    const items = 'List' in list ? (list.List.items ?? []) : [];
    return items.map((item, at) => ({
      name: `column${at + 1}`,
      flow: traceExpression(item, { scope, windows: new Map(), query }),
    }));
  });
  return { shape: laidOver(rows), rows: NOTHING };
}

function traceSetOperation(select: SelectStmt, larg: SelectStmt, rarg: SelectStmt, here: Surroundings): QueryTrace {
  const left = traceSelect(larg, here);
  const right = traceSelect(rarg, here);
  // Intersect and except only give rows of the left side; the right one decides which.
  const isUnion = select.op === 'SETOP_UNION';
  const shape = isUnion ? laidOver([left.shape, right.shape]) : left.shape;
  const compared = isUnion ? NOTHING : deciding(wholeRow(right.shape), 'filter');
  const context: ExpressionContext = {
    scope: { namespace: { items: [], star: shape }, around: here.around },
    windows: new Map(),
    query: (inner, around) => traceSelect(inner, { ...here, around }),
  };
  const order = deciding(ofOrders(select.sortClause ?? [], shape, context), 'sort');
  return { shape, rows: combine([left.rows, right.rows, compared, order]) };
}

/** What `with` adds to the names of relations; each is traced when something first reads it. */
function withCtes({ withClause }: SelectStmt, outside: Surroundings): Ctes {
  const ctes = new Map(outside.ctes);
  const written = (withClause?.ctes ?? []).flatMap((node) => ('CommonTableExpr' in node ? [node.CommonTableExpr] : []));
  for (const cte of written) {
    const name = cte.ctename ?? '';
    const recursive = withClause?.recursive === true;
    // Without `recursive` a name inside of it means what it meant before.
    const visible = recursive ? ctes : new Map(ctes);
    let traced: QueryTrace | undefined;
    ctes.set(name, () => (traced ??= traceCte(cte, { ...outside, ctes: visible }, recursive)));
  }
  return ctes;
}

function traceCte(cte: CommonTableExpr, outside: Surroundings, recursive: boolean): QueryTrace {
  const select = cte.ctequery && 'SelectStmt' in cte.ctequery ? cte.ctequery.SelectStmt : undefined;
  if (select === undefined) {
    const of = `${cte.ctename ?? ''}, which changes data`;
    return {
      shape: [{ of, without: new Set(), column: (name) => problem(`${name} comes from ${of}`) }],
      rows: NOTHING,
    };
  }
  const names = stringsOf(cte.aliascolnames);
  if (
    !recursive ||
    select.op !== 'SETOP_UNION' ||
    !select.larg ||
    !select.rarg ||
    !mentions(select, cte.ctename ?? '')
  ) {
    const trace = traceSelect(select, outside);
    return { ...trace, shape: renamed(trace.shape, names) };
  }
  return traceRecursion(cte, { select, larg: select.larg, rarg: select.rarg }, outside, names);
}

/** Goes round until nothing more flows in; every round adds at least one of finitely many columns. */
function traceRecursion(
  cte: CommonTableExpr,
  { select, larg, rarg }: { readonly select: SelectStmt; readonly larg: SelectStmt; readonly rarg: SelectStmt },
  outside: Surroundings,
  names: readonly string[],
): QueryTrace {
  const own = { ...outside, ctes: withCtes(select, outside) };
  const first = traceSelect(larg, own);
  let trace: QueryTrace = { ...first, shape: withExtras(cte, renamed(first.shape, names)) };
  for (let before = ''; before !== JSON.stringify(trace);) {
    before = JSON.stringify(trace);
    const known = trace;
    const inner = { ...own, ctes: new Map(own.ctes).set(cte.ctename ?? '', () => known) };
    const next = traceSelect(rarg, inner);
    const width = first.shape.length;
    const shape = laidOver([known.shape.slice(0, width), next.shape.slice(0, width)]);
    trace = { shape: withExtras(cte, shape), rows: combine([known.rows, next.rows]) };
  }
  return trace;
}

/** The columns that `search` and `cycle` add: they depend on the columns that these look at. */
function withExtras({ search_clause: search, cycle_clause: cycle }: CommonTableExpr, shape: Shape): Shape {
  const from = (nodes: readonly Node[] | undefined): Flow =>
    changed(combine([NOTHING, ...stringsOf(nodes).map((name) => findColumn(shape, name)?.flow ?? NOTHING)]), 'derived');
  const added = (name: string | undefined, nodes: readonly Node[] | undefined): Shape =>
    name === undefined ? [] : [{ name, flow: from(nodes) }];
  return [
    ...shape,
    ...added(search?.search_seq_column, search?.search_col_list),
    ...added(cycle?.cycle_mark_column, cycle?.cycle_col_list),
    ...added(cycle?.cycle_path_column, cycle?.cycle_col_list),
  ];
}

function mentions(part: unknown, relation: string): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if ('RangeVar' in part) {
    const { schemaname, relname } = (part as Extract<Node, { RangeVar: unknown }>).RangeVar;
    if (schemaname === undefined && relname === relation) return true;
  }
  return Object.values(part).some((value) => mentions(value, relation));
}
