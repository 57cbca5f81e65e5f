import type { Alias, Node } from 'libpg-query';
import { changed, combine, deciding, NOTHING, problem } from './flow.ts';
import type { Flow } from './flow.ts';
import { EMPTY_NAMESPACE } from './scope.ts';
import type { Namespace, RangeItem, Scope } from './scope.ts';
import { findColumn, isOpen, renamed } from './shape.ts';
import type { Shape } from './shape.ts';
import { stringsOf } from './strings-of.ts';
import { traceExpression } from './trace-expression.ts';
import type { ExpressionContext, QueryTrace } from './trace-expression.ts';
import { functionColumns } from './function-columns.ts';

export interface FromContext extends Pick<ExpressionContext, 'query'> {
  readonly around: Scope | null;
  /** A common table expression or a table. */
  readonly relation: (schema: string | undefined, name: string) => QueryTrace & { readonly table: string | undefined };
}

export interface FromTrace {
  readonly namespace: Namespace;
  /** What decides its rows: joins, and all that decides inside of its subqueries. */
  readonly rows: Flow;
}

/** A whole from clause; what stands later may look at what stands before, as lateral does. */
export function traceFrom(nodes: readonly Node[], context: FromContext): FromTrace {
  let all: FromTrace = { namespace: EMPTY_NAMESPACE, rows: NOTHING };
  for (const node of nodes) all = beside(all, traceItem(node, all.namespace, context));
  return all;
}

function beside(one: FromTrace, other: FromTrace): FromTrace {
  return {
    namespace: {
      items: [...one.namespace.items, ...other.namespace.items],
      star: [...one.namespace.star, ...other.namespace.star],
    },
    rows: combine([one.rows, other.rows]),
  };
}

function traceItem(node: Node, before: Namespace, context: FromContext): FromTrace {
  const lateral: ExpressionContext = {
    scope: { namespace: before, around: context.around },
    windows: new Map(),
    query: context.query,
  };
  if ('RangeVar' in node) {
    const { schemaname, relname = '', alias } = node.RangeVar;
    const { shape, rows, table } = context.relation(schemaname, relname);
    const schema = alias === undefined ? schemaname : undefined;
    return single({ name: alias?.aliasname ?? relname, schema, shape: aliased(shape, alias), table }, rows);
  }
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral: isLateral } = node.RangeSubselect;
    if (subquery === undefined || !('SelectStmt' in subquery)) return single(unnamed([]), NOTHING);
    const inside = context.query(subquery.SelectStmt, isLateral ? lateral.scope : (context.around ?? OUTERMOST));
    return single(unnamed(aliased(inside.shape, alias), alias), inside.rows);
  }
  if ('JoinExpr' in node) return traceJoin(node.JoinExpr, before, context);
  if ('RangeFunction' in node) {
    const flow = changed(traceExpression(node, lateral), 'derived');
    return single(unnamed(functionColumns(node.RangeFunction, flow), node.RangeFunction.alias), NOTHING);
  }
  if ('RangeTableSample' in node && node.RangeTableSample.relation)
    return traceItem(node.RangeTableSample.relation, before, context);
  if ('RangeTableFunc' in node) {
    const { columns, alias, ...document } = node.RangeTableFunc;
    const names = (columns ?? []).flatMap((each) =>
      'RangeTableFuncCol' in each ? [each.RangeTableFuncCol.colname ?? ''] : [],
    );
    return single(
      documentTable(names, traceExpression({ RangeTableFunc: document }, lateral), alias, 'xmltable'),
      NOTHING,
    );
  }
  if ('JsonTable' in node) {
    const { columns, alias, ...document } = node.JsonTable;
    const flow = traceExpression({ JsonTable: document }, lateral);
    return single(documentTable(jsonColumns(columns ?? []), flow, alias, 'json_table'), NOTHING);
  }
  const kind = Object.keys(node)[0] ?? 'an unknown part';
  const reason = (name: string): Flow => problem(`${name} comes from ${kind}, which is not understood`);
  return single(unnamed([{ of: kind, without: new Set(), column: reason }]), NOTHING);
}

const OUTERMOST: Scope = { namespace: EMPTY_NAMESPACE, around: null };

function single(item: RangeItem, rows: Flow): FromTrace {
  return { namespace: { items: [item], star: item.shape }, rows };
}

function unnamed(shape: Shape, alias?: Alias): RangeItem {
  return { name: alias?.aliasname ?? '', schema: undefined, shape, table: undefined };
}

function aliased(shape: Shape, alias: Alias | undefined): Shape {
  return renamed(shape, stringsOf(alias?.colnames));
}

function documentTable(names: readonly string[], flow: Flow, alias: Alias | undefined, name: string): RangeItem {
  const shape = names.map((column) => ({ name: column, flow: changed(flow, 'derived') }));
  const item = unnamed(aliased(shape, alias), alias);
  return alias === undefined ? { ...item, name } : item;
}

function jsonColumns(columns: readonly Node[]): string[] {
  return columns.flatMap((each) => {
    if (!('JsonTableColumn' in each)) return [];
    const { coltype, name, columns: nested } = each.JsonTableColumn;
    return coltype === 'JTC_NESTED' ? jsonColumns(nested ?? []) : [name ?? ''];
  });
}

function traceJoin(
  join: Extract<Node, { JoinExpr: unknown }>['JoinExpr'],
  before: Namespace,
  context: FromContext,
): FromTrace {
  const none: FromTrace = { namespace: EMPTY_NAMESPACE, rows: NOTHING };
  const left = join.larg ? traceItem(join.larg, before, context) : none;
  const seen: Namespace = {
    items: [...before.items, ...left.namespace.items],
    star: [...before.star, ...left.namespace.star],
  };
  const right = join.rarg ? traceItem(join.rarg, seen, context) : none;
  const both = beside(left, right);

  const using = join.isNatural ? shared(left.namespace.star, right.namespace.star) : stringsOf(join.usingClause);
  if (using === undefined) {
    const reason = 'the columns of a natural join are not known';
    const star = [{ of: 'a natural join', without: new Set<string>(), column: () => problem(reason) }];
    return { namespace: { ...both.namespace, star }, rows: combine([both.rows, problem(reason)]) };
  }
  const sides = using.map((name) => ({
    name,
    left: findColumn(left.namespace.star, name)?.flow ?? problem(`the left side of using has no column ${name}`),
    right: findColumn(right.namespace.star, name)?.flow ?? problem(`the right side of using has no column ${name}`),
  }));
  const merged = sides.map((side) => ({ name: side.name, flow: mergedColumn(join.jointype, side) }));
  const without = new Set(using);
  const star: Shape = [
    ...merged,
    ...leaveOut(left.namespace.star, without),
    ...leaveOut(right.namespace.star, without),
  ];

  const scope: Scope = {
    namespace: { items: both.namespace.items, star: both.namespace.star },
    around: context.around,
  };
  const on = traceExpression(join.quals, { scope, windows: new Map(), query: context.query });
  const rows = combine([
    both.rows,
    deciding(combine([on, ...sides.flatMap((side) => [side.left, side.right])]), 'join'),
  ]);
  const named = join.join_using_alias?.aliasname;
  const items = [
    ...both.namespace.items,
    ...(named === undefined ? [] : [{ name: named, schema: undefined, shape: merged, table: undefined }]),
  ];
  if (join.alias !== undefined) return single(unnamed(aliased(star, join.alias), join.alias), rows);
  return { namespace: { items, star }, rows };
}

/** Postgres takes a merged column from the side whose rows are all kept; of a full join from whichever has it. */
function mergedColumn(type: string | undefined, { left, right }: { left: Flow; right: Flow }): Flow {
  if (type === 'JOIN_RIGHT') return right;
  return type === 'JOIN_FULL' ? changed(combine([left, right]), 'derived') : left;
}

function shared(left: Shape, right: Shape): string[] | undefined {
  if ([...left, ...right].some(isOpen)) return undefined;
  const names = new Set(right.map((entry) => (isOpen(entry) ? '' : entry.name)));
  return left.flatMap((entry) => (!isOpen(entry) && names.has(entry.name) ? [entry.name] : []));
}

function leaveOut(shape: Shape, names: ReadonlySet<string>): Shape {
  return shape.flatMap((entry): Shape => {
    if (isOpen(entry)) return [{ ...entry, without: new Set([...entry.without, ...names]) }];
    return names.has(entry.name) ? [] : [entry];
  });
}
