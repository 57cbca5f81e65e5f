import { changed, problem } from './flow.ts';
import type { Flow } from './flow.ts';
import { findColumn, wholeRow } from './shape.ts';
import type { Shape } from './shape.ts';

/** A relation in a from clause, by the name that columns are qualified with. */
export interface RangeItem {
  readonly name: string;
  readonly schema: string | undefined;
  readonly shape: Shape;
  /** Its quoted name when it is a table: it then also has Postgres' system columns. */
  readonly table: string | undefined;
}

/** What a from clause gives: its relations by name, and its columns in the order of `*`. */
export interface Namespace {
  readonly items: readonly RangeItem[];
  readonly star: Shape;
}

/** Where names are looked up: inside first, then in the query around. */
export interface Scope {
  readonly namespace: Namespace;
  readonly around: Scope | null;
}

export const EMPTY_NAMESPACE: Namespace = { items: [], star: [] };

const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** What a column reference stands for, by the rules of Postgres: `a`, `t.a`, `s.t.a`, a whole row `t`, a field of a composite. */
export function resolveColumn(fields: readonly string[], scope: Scope): Flow {
  const [only = ''] = fields;
  if (fields.length === 1) return unqualified(only, scope) ?? problem(`there is no column ${only}`);
  const column = fields.at(-1) ?? '';
  const item = resolveItem(fields.slice(0, -1), scope);
  if (item === undefined) {
    // Not a relation: perhaps a field of a composite column.
    const composite = fields.length === 2 ? unqualified(only, scope) : undefined;
    return composite ? changed(composite, 'derived') : problem(`there is no relation for ${fields.join('.')}`);
  }
  const found = findColumn(item.shape, column);
  if (found !== undefined) return found.flow;
  if (item.table !== undefined && SYSTEM_COLUMNS.has(column)) return systemColumn(item.table, column);
  return problem(`${item.name} has no column ${column}`);
}

/** The relation that `t` or `s.t` names, innermost first. */
export function resolveItem(qualifier: readonly string[], scope: Scope): RangeItem | undefined {
  const name = qualifier.at(-1);
  const schema = qualifier.at(-2);
  for (let at: Scope | null = scope; at !== null; at = at.around) {
    const found = at.namespace.items.find(
      (item) => item.name === name && (schema === undefined || item.schema === schema),
    );
    if (found) return found;
  }
  return undefined;
}

function unqualified(name: string, scope: Scope): Flow | undefined {
  let may: { readonly flow: Flow; readonly depth: number } | undefined;
  let depth = 0;
  for (let at: Scope | null = scope; at !== null; at = at.around, depth += 1) {
    const found = findColumn(at.namespace.star, name);
    if (found === undefined) continue;
    if (may !== undefined) return problem(`${name} may be a column of this query or of the one around it`);
    if (found.sure) return found.flow;
    may = { flow: found.flow, depth };
  }
  if (may !== undefined) {
    // A relation of that name could be meant as a whole row: only a column list could tell.
    const item = resolveItem([name], scope);
    return item ? problem(`${name} may be a column or the relation of that name`) : may.flow;
  }
  const item = resolveItem([name], scope);
  if (item) return changed(wholeRow(item.shape), 'derived');
  const tables = scope.namespace.items.flatMap(({ table }) => (table === undefined ? [] : [table]));
  return SYSTEM_COLUMNS.has(name) && tables.length === 1 ? systemColumn(tables[0] ?? '', name) : undefined;
}

function systemColumn(relation: string, column: string): Flow {
  return { origins: [{ relation, column, kind: 'direct' }], influences: [], problems: [] };
}
