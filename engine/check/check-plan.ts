import type { CheckDefinition } from '../contracts/check.ts';

/** What a check runs: two statements, without a trailing semicolon. */
export interface CheckPlan {
  /** Gives one number, the rows looked at. */
  readonly population: string;
  /** Gives the violating rows: subject_id, reason and, where it has them, amount and occurred_at. */
  readonly violations: string;
  /** Relations read beside the one the check is on, by name. */
  readonly alsoReads?: readonly string[];
}

/** What a kind is planned from: names already resolved and quoted. */
export interface KindContext {
  readonly definition: CheckDefinition;
  readonly relation: string;
  /** The relation's name as people know it, for reasons. */
  readonly label: string;
  /** `true`, or the check's own where clause in brackets. */
  readonly where: string;
  /** The quoted column, for kinds that look at one. */
  readonly column: string;
  /** SQL text expression over the relation's alias `t` that names a row. */
  readonly subject: string;
  readonly resolve: (name: string) => string;
  readonly render: (template: string) => string;
}
