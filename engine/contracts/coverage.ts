/**
 * How a field is looked at. `checked`: a check asks for it by name. `through_models`: none does, but one asks for a column that is made
 * of it. `rows`: only checks that look at whole rows, or count them. `none`: nothing would find a fault in it.
 */
export const COVERAGES = ['checked', 'through_models', 'rows', 'none'] as const;
export type Coverage = (typeof COVERAGES)[number];

/** A column of a landed table, a model, a seed or a snapshot, with what looks at it. */
export interface CoveredField {
  readonly column: string;
  readonly coverage: Coverage;
  /** Checks that ask for it, or for a column that is made of it; of `rows` those that look at its table. */
  readonly checks: readonly string[];
}

export interface CoveredRelation {
  /** A model's name, or `source.table`. */
  readonly name: string;
  readonly type: 'source' | 'model';
  readonly vertical: string;
  /** Where its columns are known from: the warehouse, its files (a model's SQL, declared columns), or nowhere. */
  readonly columnsFrom: 'warehouse' | 'files' | 'unknown';
  readonly fields: readonly CoveredField[];
}

/** How much a verdict is worth now. Several may hold at once; none: it passed, lately, by the definition that stands. */
export type CheckGap =
  | 'never_run'
  | 'fail'
  | 'warn'
  | 'error'
  | 'no_data'
  | 'skipped'
  | 'waived'
  /** The check was changed after its last verdict. */
  | 'changed'
  /** The last verdict is older than it may be. */
  | 'stale';

export interface CoveredCheck {
  readonly id: string;
  readonly vertical: string;
  readonly on: string;
  readonly gaps: readonly CheckGap[];
  readonly status: string | null;
  /** When the last verdict was reached or taken over, ISO 8601 in UTC. */
  readonly checkedAt: string | null;
  readonly runNo: string | null;
  readonly message: string | null;
  /** The last day of the waiver that the failure stands under. */
  readonly waivedUntil: string | null;
  /** When the verdict was found that later runs have taken over. */
  readonly reusedSince: string | null;
  /** Of a check with slices. */
  readonly slices: {
    readonly tested: number;
    readonly expected: number;
    /** Without a verdict by the definition that stands. */
    readonly missing: readonly string[];
  } | null;
}

export interface CoveredControl {
  readonly id: string;
  readonly title: string;
  readonly vertical: string;
  readonly risk: string;
  /** Its tests with what their verdicts lack; empty where they stand. */
  readonly tests: readonly { readonly check: string; readonly gaps: readonly CheckGap[] }[];
}

export interface CoveredKri {
  readonly id: string;
  readonly title: string;
  readonly vertical: string;
  /** Models that it is measured over and that no check looks at. */
  readonly unchecked: readonly string[];
}

/** A count of how many there are and how many of them are in order, with the share in percent, one decimal, rounded down. */
export interface Share {
  readonly covered: number;
  readonly of: number;
  /** Null of nothing. */
  readonly percent: string | null;
}

export interface CoverageReport {
  readonly at: string;
  readonly summary: {
    /** Fields of landed tables that are checked by name or through models. */
    readonly fields: Share;
    readonly modelColumns: Share;
    readonly controls: Share;
    readonly kris: Share;
    /** Checks whose last verdict is a pass that still counts. */
    readonly checks: Share;
  };
  readonly relations: readonly CoveredRelation[];
  readonly controls: readonly CoveredControl[];
  readonly kris: readonly CoveredKri[];
  readonly checks: readonly CoveredCheck[];
  /** What could not be found out, never guessed: the SQL of a check or a model, and why. */
  readonly unresolved: readonly { readonly subject: string; readonly reason: string }[];
  /** Whether verdicts were looked up; without a warehouse nothing is said of them. */
  readonly knowsVerdicts: boolean;
}
