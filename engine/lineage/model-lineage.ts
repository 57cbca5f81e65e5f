/** How a value goes into an output column: as it is, through an expression, or through an aggregate. */
export type OriginKind = 'direct' | 'derived' | 'aggregated';

/**
 * How a value decides over rows or values without being one: it joins, filters, groups or sorts rows; it orders or partitions the
 * window, or is the condition, of one column.
 */
export type InfluenceKind = 'join' | 'filter' | 'group_by' | 'sort' | 'window' | 'conditional';

/** A column of a relation that a model reads. */
export interface InputColumn {
  /** A model's name, a landed table as `source.table`, or the relation as the SQL has it when it is neither. */
  readonly node: string;
  readonly type: 'model' | 'source' | 'relation';
  readonly column: string;
}

export interface Origin extends InputColumn {
  readonly kind: OriginKind;
}

export interface Influence extends InputColumn {
  readonly kind: InfluenceKind;
}

export interface ColumnLineage {
  readonly name: string;
  /** Empty for a constant, a count of rows and the like; also when it could not be resolved, which `unresolved` then says. */
  readonly origins: readonly Origin[];
  readonly influences: readonly Influence[];
}

/** Where each output column of a model comes from, one step up: what its own SQL reads. */
export interface ModelLineage {
  readonly model: string;
  readonly columns: readonly ColumnLineage[];
  /** What decides which rows there are, and their order. */
  readonly rows: readonly Influence[];
  /** What could not be found out, never guessed; without a column it concerns the rows. */
  readonly unresolved: readonly { readonly column: string | null; readonly reason: string }[];
}
