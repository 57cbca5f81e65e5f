import type { Node } from 'libpg-query';
import { stringsOf } from './strings-of.ts';

/** The name that Postgres gives an output column without `as`; the rules of its FigureColname. */
export function outputName(expression: Node | undefined): string {
  return figure(expression)?.name ?? '?column?';
}

interface Figured {
  readonly name: string;
  /** Whether a name further in is worth no more than this one. */
  readonly strong: boolean;
}

const strong = (name: string | undefined): Figured | undefined =>
  name === undefined ? undefined : { name, strong: true };

function figure(node: Node | undefined): Figured | undefined {
  if (node === undefined) return undefined;
  if ('ColumnRef' in node) return strong(stringsOf(node.ColumnRef.fields).at(-1));
  if ('A_Indirection' in node)
    return strong(stringsOf(node.A_Indirection.indirection).at(-1)) ?? figure(node.A_Indirection.arg);
  if ('FuncCall' in node) return strong(stringsOf(node.FuncCall.funcname).at(-1));
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined;
  if ('TypeCast' in node) {
    const inside = figure(node.TypeCast.arg);
    const type = stringsOf(node.TypeCast.typeName?.names).at(-1);
    return inside?.strong || type === undefined ? inside : { name: type, strong: false };
  }
  if ('CollateClause' in node) return figure(node.CollateClause.arg);
  if ('GroupingFunc' in node) return strong('grouping');
  if ('SubLink' in node) return ofSubLink(node.SubLink);
  if ('CaseExpr' in node) {
    const inside = figure(node.CaseExpr.defresult);
    return inside?.strong ? inside : { name: 'case', strong: false };
  }
  if ('A_ArrayExpr' in node) return strong('array');
  if ('RowExpr' in node) return strong('row');
  if ('CoalesceExpr' in node) return strong('coalesce');
  if ('MinMaxExpr' in node) return strong(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest');
  if ('SQLValueFunction' in node)
    return strong(
      node.SQLValueFunction.op
        ?.replace(/^SVFOP_/, '')
        .replace(/_N$/, '')
        .toLowerCase(),
    );
  if ('XmlExpr' in node) return strong(node.XmlExpr.op?.replace(/^IS_/, '').toLowerCase());
  if ('XmlSerialize' in node) return strong('xmlserialize');
  if ('JsonObjectConstructor' in node) return strong('json_object');
  if ('JsonArrayConstructor' in node || 'JsonArrayQueryConstructor' in node) return strong('json_array');
  if ('JsonObjectAgg' in node) return strong('json_objectagg');
  if ('JsonArrayAgg' in node) return strong('json_arrayagg');
  if ('JsonParseExpr' in node) return strong('json');
  if ('JsonScalarExpr' in node) return strong('json_scalar');
  if ('JsonSerializeExpr' in node) return strong('json_serialize');
  if ('JsonFuncExpr' in node) return strong(node.JsonFuncExpr.op?.replace(/_OP$/, '').toLowerCase());
  return undefined;
}

function ofSubLink({ subLinkType, subselect }: Extract<Node, { SubLink: unknown }>['SubLink']): Figured | undefined {
  if (subLinkType === 'EXISTS_SUBLINK') return strong('exists');
  if (subLinkType === 'ARRAY_SUBLINK') return strong('array');
  if (subLinkType !== 'EXPR_SUBLINK' || subselect === undefined || !('SelectStmt' in subselect)) return undefined;
  const [first] = subselect.SelectStmt.targetList ?? [];
  if (first === undefined || !('ResTarget' in first)) return undefined;
  return strong(first.ResTarget.name) ?? figure(first.ResTarget.val);
}
