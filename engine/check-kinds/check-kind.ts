import type { z } from 'zod';
import type { CheckDefinition, Dimension } from '../contracts/check.ts';

/** What a check runs: SQL without a trailing semicolon. */
export interface CheckPlan {
  /** Gives one number, the rows looked at. */
  readonly population: string;
  /** Gives the violating rows: subject_id, reason and, where it has them, amount and occurred_at; or any columns, when `raw` says what to call a row. */
  readonly violations: string;
  /** Of violations with columns of their own: SQL over the row `v` that names it, and why it is one. */
  readonly raw?: { readonly subject: string; readonly reason: string };
  /** The number that the thresholds compare, over the violations; `count(*)` when left out. */
  readonly failCalc?: string;
  /** Relations read beside the one the check is on, by name. */
  readonly alsoReads?: readonly string[];
  /** Whether the verdict depends on the moment it is asked at. */
  readonly unpinned?: boolean;
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
  /** Another relation as SQL that stands after `from`, by its name. */
  readonly resolve: (name: string) => string;
  /** Columns of a relation by its name; throws when they are not known here. */
  readonly columnsOf: (name: string) => readonly KnownColumn[];
  readonly render: (template: string) => string;
  /** A column's name or an expression, as people wrote it, as SQL. */
  readonly expression: (written: string) => string;
  /** The moment that the run says it is, as an SQL timestamp in UTC; throws where there is none. */
  readonly runClock: () => string;
}

/** A kind of check: what it may be told, what it looks at, and the SQL it is. */
export interface CheckKindSpec<A = Readonly<Record<string, unknown>>> {
  readonly arguments: z.ZodObject & z.ZodType<A>;
  readonly dimension: Dimension;
  /** Whether it looks at one column, at whole rows, or takes both. */
  readonly of: 'column' | 'relation' | 'either';
  /** Arguments that name another relation. */
  readonly relations?: readonly string[];
  /** What is wrong with arguments that are each in order. */
  readonly refuse?: (given: A) => string | undefined;
  /** Names of relations whose columns it has to know beforehand. */
  readonly needsColumns?: (definition: CheckDefinition) => readonly string[];
  readonly plan: (context: KindContext<A>) => CheckPlan;
}

/** A kind whose arguments are typed where it is written and anything where it is listed; they are parsed before it is planned. */
export function checkKind<A extends object>(spec: CheckKindSpec<A>): CheckKindSpec {
  return {
    ...spec,
    arguments: spec.arguments as unknown as CheckKindSpec['arguments'],
    refuse: (given) => spec.refuse?.(given as A),
    plan: (context) => spec.plan({ ...context, arguments: context.arguments as A }),
  };
}
