import type { Flow } from './flow.ts';
import type { Shape } from './shape.ts';

/** A table's columns, each coming from itself; open where nobody knows them. */
export function tableShape(relation: string, columns: readonly string[] | null): Shape {
  const flow = (column: string): Flow => ({
    origins: [{ relation, column, kind: 'direct' }],
    influences: [],
    problems: [],
  });
  if (columns !== null) return columns.map((name) => ({ name, flow: flow(name) }));
  return [{ of: relation, without: new Set(), column: flow }];
}
