import type { Node, SelectStmt, WindowDef } from 'libpg-query';
import { AGGREGATES } from './aggregates.ts';
import { changed, combine, deciding, NOTHING } from './flow.ts';
import type { Flow } from './flow.ts';
import { resolveColumn, resolveItem } from './scope.ts';
import type { Scope } from './scope.ts';
import { isOpen, wholeRow } from './shape.ts';
import type { Shape } from './shape.ts';
import { stringsOf } from './strings-of.ts';

/** A query's columns, and what decides its rows. */
export interface QueryTrace {
  readonly shape: Shape;
  readonly rows: Flow;
}

/** What an expression can see. */
export interface ExpressionContext {
  readonly scope: Scope;
  readonly windows: ReadonlyMap<string, WindowDef>;
  /** Traces a query that stands inside of this expression. */
  readonly query: (select: SelectStmt, around: Scope) => QueryTrace;
}

/** What goes into an expression's value. */
export function traceExpression(node: Node | undefined, context: ExpressionContext): Flow {
  if (node === undefined) return NOTHING;
  if ('ColumnRef' in node) return ofReference(node.ColumnRef.fields ?? [], context);
  if ('FuncCall' in node) return ofCall(node.FuncCall, context);
  if ('CaseExpr' in node) return ofCase(node.CaseExpr, context);
  if ('SubLink' in node) return ofSubLink(node.SubLink, context);
  if ('CollateClause' in node) return traceExpression(node.CollateClause.arg, context);
  if ('JsonArrayAgg' in node || 'JsonObjectAgg' in node) return changed(inside(node, context), 'aggregated');
  if ('SelectStmt' in node) {
    const { shape, rows } = context.query(node.SelectStmt, context.scope);
    return combine([changed(wholeRow(shape), 'aggregated'), rows]);
  }
  if ('WindowDef' in node) return ofWindow(node.WindowDef, context);
  return changed(inside(node, context), 'derived');
}

/** Everything below a node whose own meaning does not matter here: operators, casts, arrays, functions of SQL's syntax. */
function inside(part: unknown, context: ExpressionContext): Flow {
  if (typeof part !== 'object' || part === null) return NOTHING;
  const flows = Object.values(part).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).map((each: unknown) =>
      isNode(each) ? traceExpression(each, context) : inside(each, context),
    ),
  );
  return combine([NOTHING, ...flows]);
}

/** The parser wraps a node in an object with its type, in capitals, as the only key. */
function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key, ...more] = Object.keys(value);
  return key !== undefined && more.length === 0 && /^[A-Z]/.test(key);
}

function ofReference(fields: readonly Node[], { scope }: ExpressionContext): Flow {
  const names = stringsOf(fields);
  // `t.*` inside of an expression is the whole row.
  if (fields.some((field) => 'A_Star' in field)) {
    const item = resolveItem(names, scope);
    return changed(item ? wholeRow(item.shape) : resolveColumn(names, scope), 'derived');
  }
  return resolveColumn(names, scope);
}

function ofCall(call: Extract<Node, { FuncCall: unknown }>['FuncCall'], context: ExpressionContext): Flow {
  const name = stringsOf(call.funcname).at(-1) ?? '';
  const aggregates =
    AGGREGATES.has(name) ||
    [call.agg_star, call.agg_distinct, call.agg_within_group].includes(true) ||
    (call.agg_filter !== undefined && call.over === undefined);
  // An ordered-set aggregate such as percentile_cont works on what it orders by.
  const values = [...(call.args ?? []), ...(call.agg_within_group === true ? (call.agg_order ?? []) : [])];
  const orders = call.agg_within_group === true ? [] : (call.agg_order ?? []);
  const each = (nodes: readonly Node[]): Flow =>
    combine([NOTHING, ...nodes.map((node) => traceExpression(node, context))]);
  return combine([
    changed(each(values), aggregates ? 'aggregated' : 'derived'),
    deciding(each(orders), 'sort'),
    deciding(traceExpression(call.agg_filter, context), 'conditional'),
    call.over === undefined ? NOTHING : ofWindow(call.over, context),
  ]);
}

function ofWindow(given: WindowDef, context: ExpressionContext): Flow {
  const named = given.refname ?? (given.partitionClause || given.orderClause ? undefined : given.name);
  const base = named === undefined ? undefined : context.windows.get(named);
  const parts = [...(given.partitionClause ?? []), ...(given.orderClause ?? []), given.startOffset, given.endOffset];
  const own = combine([NOTHING, ...parts.map((part) => traceExpression(part, context))]);
  return combine([deciding(own, 'window'), base && base !== given ? ofWindow(base, context) : NOTHING]);
}

function ofCase(
  { arg, args, defresult }: Extract<Node, { CaseExpr: unknown }>['CaseExpr'],
  context: ExpressionContext,
): Flow {
  const whens = (args ?? []).flatMap((when) => ('CaseWhen' in when ? [when.CaseWhen] : []));
  const results = [...whens.map(({ result }) => result), defresult].map((node) => traceExpression(node, context));
  const conditions = [arg, ...whens.map(({ expr }) => expr)].map((node) => traceExpression(node, context));
  return combine([changed(combine(results), 'derived'), deciding(combine(conditions), 'conditional')]);
}

function ofSubLink(
  { subLinkType, testexpr, subselect }: Extract<Node, { SubLink: unknown }>['SubLink'],
  context: ExpressionContext,
): Flow {
  if (subselect === undefined || !('SelectStmt' in subselect)) return NOTHING;
  const { shape, rows } = context.query(subselect.SelectStmt, context.scope);
  if (subLinkType === 'EXISTS_SUBLINK') return rows;
  const [first] = shape;
  if (subLinkType === 'EXPR_SUBLINK' && shape.length === 1 && first !== undefined && !isOpen(first))
    return combine([first.flow, rows]);
  const compared = combine([traceExpression(testexpr, context), wholeRow(shape)]);
  return combine([changed(compared, subLinkType === 'ARRAY_SUBLINK' ? 'aggregated' : 'derived'), rows]);
}
