import type { InfluenceKind, OriginKind } from './model-lineage.ts';

/** A column of a relation as SQL names it, before anyone asks whose relation it is. */
interface RelationColumn<Kind> {
  readonly relation: string;
  readonly column: string;
  readonly kind: Kind;
}

/** What goes into a value. */
export interface Flow {
  readonly origins: readonly RelationColumn<OriginKind>[];
  readonly influences: readonly RelationColumn<InfluenceKind>[];
  /** Sentences that say what could not be resolved. */
  readonly problems: readonly string[];
}

export const NOTHING: Flow = { origins: [], influences: [], problems: [] };

const STRENGTH = { direct: 0, derived: 1, aggregated: 2 } as const satisfies Record<OriginKind, number>;

export function problem(reason: string): Flow {
  return { ...NOTHING, problems: [reason] };
}

/** All of them together; a column that comes in twice counts as what changes it most. */
export function combine(flows: readonly Flow[]): Flow {
  const [only] = flows;
  if (only === undefined) return NOTHING;
  if (flows.length === 1) return only;
  const origins = new Map<string, RelationColumn<OriginKind>>();
  for (const origin of flows.flatMap((flow) => flow.origins)) {
    const key = `${origin.relation}\0${origin.column}`;
    const before = origins.get(key);
    if (before === undefined || STRENGTH[before.kind] < STRENGTH[origin.kind]) origins.set(key, origin);
  }
  const influences = new Map(
    flows
      .flatMap((flow) => flow.influences)
      .map((each) => [`${each.kind}\0${each.relation}\0${each.column}`, each] as const),
  );
  return {
    origins: [...origins.values()],
    influences: [...influences.values()],
    problems: [...new Set(flows.flatMap((flow) => flow.problems))],
  };
}

/** The same, changed at least so much. */
export function changed(flow: Flow, kind: OriginKind): Flow {
  const origins = flow.origins.map((origin) => (STRENGTH[origin.kind] < STRENGTH[kind] ? { ...origin, kind } : origin));
  return { ...flow, origins };
}

/** What goes in decides, and is not a value any more. */
export function deciding(flow: Flow, kind: InfluenceKind): Flow {
  const all = [...flow.origins, ...flow.influences].map(({ relation, column }) => ({ relation, column, kind }));
  return combine([NOTHING, { origins: [], influences: all, problems: flow.problems }]);
}
