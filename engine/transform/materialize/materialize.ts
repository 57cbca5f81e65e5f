import type { Rendered } from '../../compile/compile-project.ts';
import type { CompiledModel } from '../../contracts/model.ts';
import type { Delta } from '../../warehouse/delta.ts';
import type { Session } from '../../warehouse/warehouse.ts';
import type { PlannedModel, Slice } from '../build-plan.ts';
import type { StandingModel } from '../standing.ts';

/** What a materialization works with: one model in one transaction. */
export interface Making {
  readonly model: CompiledModel;
  readonly plan: PlannedModel;
  /** The table in the store that this run writes, quoted; and one beside it for rows on their way. */
  readonly storeTable: string;
  readonly deltaTable: string;
  readonly standing: StandingModel | undefined;
  readonly runClock: string;
  readonly isEmpty: boolean;
  /** The model's SQL for the build, in the names of the schemas that the run builds in. */
  readonly render: (how: { readonly isIncremental?: boolean; readonly batch?: Slice }) => Promise<Rendered>;
  /** The table in the store of a model, or the landed table, that a foreign key may refer to. */
  readonly tableOf: (name: string) => Promise<string | undefined>;
  /** What was rendered last. */
  readonly lastSql: () => string;
  readonly root: string;
  readonly session: Session;
}

/** What came of it. */
export interface Made {
  /** What the view over it selects from; the view's own query when nothing is stored. */
  readonly select: string;
  readonly storeTable: string | null;
  readonly delta: Delta | null;
  /** Rows that were written. */
  readonly affected: bigint | null;
  /** The SQL that was run. */
  readonly sql: string;
  readonly slices: readonly (Slice & { readonly rows: bigint })[];
}
