import type { z } from 'zod';
import type { CheckDefinition, CheckSettings, Dimension } from '../contracts/check.ts';
import type { ColumnPair } from './column-pairs.ts';
import type { Count } from './count.ts';

/** What a check runs: SQL without a trailing semicolon. */
export interface CheckPlan {
  /** The rows looked at. */
  readonly population: Count;
  /** How many violations there are, where that is cheaper than counting them: the very number of rows that `violations` gives. */
  readonly found?: Count | undefined;
  /** Gives the violating rows: subject_id, reason and, where it has them, amount and occurred_at; or any columns, when `raw` says what to call a row. */
  readonly violations: string;
  /** Of violations with columns of their own: SQL over the row `v` that names it, and why it is one. */
  readonly raw?: { readonly subject: string; readonly reason: string };
  /** The number that the thresholds compare, over the violations; `count(*)` when left out. */
  readonly failCalc?: string;
  /** A number of this run that later runs compare with (`history`). */
  readonly measure?: Count | undefined;
  /** Relations read beside the one the check is on, by name. */
  readonly alsoReads?: readonly string[];
  /** Whether the verdict depends on more than the rows it reads: the moment it is asked at, earlier runs, a pull's manifest. */
  readonly unpinned?: boolean;
  /** What a population of 0 means, where that is not that there are no rows: "fewer than 7 earlier refreshes to compare with". */
  readonly emptyMeans?: string;
  /** What has to be compared with a table of another database before the SQL is asked. */
  readonly compares?: CrossComparison;
}

/** A comparison, key by key, of the relation that a check is on with a table of another database. */
export interface CrossComparison {
  /** A connection of tickmark.yml, and a table of it with its schema. */
  readonly connection: string;
  readonly table: string;
  readonly keys: readonly ColumnPair[];
  readonly compare: 'all' | readonly ColumnPair[];
  /** With `all`: columns that are not compared. */
  readonly except: readonly string[];
  /** Decimal text, or a percentage of theirs; for all numbers, or by our column. */
  readonly tolerance: string | Readonly<Record<string, string>>;
  /** SQL over `t`: which of our rows count. */
  readonly where: string;
  /** SQL in the words of the other database: which of theirs count. */
  readonly toWhere: string | undefined;
  readonly ignoreCase: boolean;
  readonly trim: boolean;
  readonly find: 'missing' | 'differing' | 'both';
  /**
   * The temporary table that takes what is not the same, a row a key: `finding text` (only_here, only_there, doubled_here, doubled_there,
   * differs), `key text` (as key-text.ts names it), `differing text` (`total is 1 in a and 2 in b; ...`) and `amount numeric`.
   */
  readonly differences: string;
  /** The temporary table of one row that takes how many keys were compared: `looked bigint`. */
  readonly looked: string;
}

/** A column as the warehouse has it. */
export interface KnownColumn {
  readonly name: string;
  /** As Postgres prints it: `numeric(18,2)`. */
  readonly type: string;
}

/** What a kind is planned from: names already resolved and quoted. */
export interface KindContext<A = Readonly<Record<string, unknown>>> {
  readonly definition: CheckDefinition;
  readonly arguments: A;
  /** The relation as SQL that stands after `from`. */
  readonly relation: string;
  /** The relation's name as people know it, for reasons. */
  readonly label: string;
  /** `true`, or the check's own where clause in brackets; names of columns are the relation's, which is called `t`. */
  readonly where: string;
  /** The column, or expression, that the check looks at, over `t`; empty for kinds that look at none. */
  readonly column: string;
  /** Its name, for reasons. */
  readonly columnName: string;
  /** SQL text expression over `t` that names a row. */
  readonly subject: string;
  /** SQL text of an expression's value as a reason may show it: the value as text, `(masked)` of a column that is tagged `pii`. The second argument is the column's name or the expression as people wrote it. */
  readonly shown: (sql: string, written: string) => string;
  /** Another relation as SQL that stands after `from`, by its name. */
  readonly resolve: (name: string) => string;
  /** Columns of a relation by its name; throws when they are not known here. */
  readonly columnsOf: (name: string) => readonly KnownColumn[];
  readonly render: (template: string) => string;
  /** A column's name or an expression, as people wrote it, as SQL. */
  readonly expression: (written: string) => string;
  /** The moment that the run says it is, as an SQL timestamp in UTC; throws where there is none. */
  readonly runClock: () => string;
  /** Measures of this check in earlier published runs, the newest first, at most so many: a query of run_no bigint, measured_at timestamptz, measure numeric. A check asked otherwise (another column, where or argument than a threshold's) has a history of its own. */
  readonly history: (most: number) => string;
  /** A relation as the last published run left it, as SQL that stands after `from`; undefined when no run was published, or it was not there then. */
  readonly previous: (name: string) => string | undefined;
}

/** A fault that a kind must find when it is planted into rows that pass. */
export interface PlantedFault {
  /** A sentence: `a value is taken away`. */
  readonly name: string;
  /** Statements that plant it; may read what is there. */
  readonly statements: (ground: PlantingGround) => readonly string[];
}

/** Copies of tables that may be spoilt. */
export interface PlantingGround<A = Readonly<Record<string, unknown>>> {
  /** The relation that the check is on, quoted, to `update`, `delete from` or `insert into`. */
  readonly relation: string;
  /** The check's column, quoted; empty for kinds that look at none. */
  readonly column: string;
  readonly arguments: A;
  /** Another relation's copy by its name, quoted. */
  readonly resolve: (name: string) => string;
  /** Columns of the relation, in order. */
  readonly columns: readonly KnownColumn[];
}

/** What one violation is: of which the percentage of the population means something is a row, a key or a value. */
export type ViolationOf = 'row' | 'key' | 'value' | 'group' | 'whole';

/** A kind of check: what it may be told, what it looks at, the SQL it is, what people read about it, and the faults it must find. */
export interface CheckKindSpec<A = Readonly<Record<string, unknown>>> {
  readonly arguments: z.ZodObject & z.ZodType<A>;
  readonly dimension: Dimension;
  /** Whether it looks at one column, at whole rows, or takes both. */
  readonly of: 'column' | 'relation' | 'either';
  readonly violationOf: ViolationOf;
  /** For the documentation: what a violation is, in words that follow "finds". */
  readonly finds: string;
  /** For the documentation: a whole entry as it stands under a model's or a column's `checks:`; it is parsed by a test. */
  readonly example: string;
  /** Other names of it, `dbt_utils.accepted_range`; where it takes arguments of other names or forms, `aliasArguments` says which and `translate` gives ours. */
  readonly aliases?: readonly string[];
  readonly aliasArguments?: Readonly<Record<string, z.ZodObject>>;
  readonly translate?: (given: Readonly<Record<string, unknown>>, alias: string) => Readonly<Record<string, unknown>>;
  /** Settings where content says nothing. */
  readonly settings?: Partial<z.input<typeof CheckSettings>>;
  /** Arguments that name another relation. */
  readonly relations?: readonly string[];
  /** What is wrong with arguments that are each in order. */
  readonly refuse?: (given: A) => string | undefined;
  /** Names of relations whose columns it has to know beforehand. */
  readonly needsColumns?: (definition: CheckDefinition) => readonly string[];
  /** Arguments that only say where the threshold is: changing one does not begin a new history. */
  readonly thresholds?: readonly (keyof A & string)[];
  readonly plan: (context: KindContext<A>) => CheckPlan;
  readonly faults: readonly PlantedFault[];
}

/** A kind whose arguments are typed where it is written and anything where it is listed; they are parsed before it is planned. */
export function checkKind<A extends object>(spec: CheckKindSpec<A>): CheckKindSpec {
  return {
    ...spec,
    arguments: spec.arguments as unknown as CheckKindSpec['arguments'],
    thresholds: spec.thresholds ?? [],
    refuse: (given) => spec.refuse?.(given as A),
    plan: (context) => spec.plan({ ...context, arguments: context.arguments as A }),
  };
}
