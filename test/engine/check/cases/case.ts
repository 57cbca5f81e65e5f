import type { CheckStatus } from '../../../../engine/contracts/check.ts';
import type { DeclaredSource } from '../../../../engine/contracts/project.ts';
import type { TestModel } from '../../../setup/compile-test-run.ts';
import type { defineTestCheck } from '../../../setup/define-test-check.ts';

export interface Case {
  readonly check: Omit<Parameters<typeof defineTestCheck>[0], 'id'>;
  readonly status: CheckStatus;
  /** As `population/failures`. */
  readonly counts?: string;
  /** As `subject: reason`. */
  readonly rows?: readonly string[];
  readonly message?: string;
  /** Measures of this check in earlier published runs, as decimal text, the newest first; run n was a day before run n - 1. */
  readonly history?: readonly string[];
}
export type Cases = Readonly<Record<string, Case>>;

/** What a file in this folder exports: `cases`, and the tables that they look at. */
export interface CaseFile {
  readonly cases: Cases;
  readonly models?: readonly TestModel[];
  /** Tables as the last published run left them, under the names that they have in `models`; what is not here was not there then. */
  readonly previous?: readonly TestModel[];
  /** Landed tables; `before` makes them. */
  readonly sources?: readonly DeclaredSource[];
  /** SQL that has to be done before the checks run, over the run with the id `$1`: landed tables, manifests of pulls. */
  readonly before?: readonly string[];
}

/** The template of a table with these rows. */
export const table = (rows: string): string => `{{ config(materialized='table') }} ${rows}`;

/** The template of a table of literal rows. */
export const values = (columns: string, ...rows: readonly string[]): string =>
  table(`select * from (values ${rows.map((row) => `(${row})`).join(', ')}) as v(${columns})`);

/** Checks that say that `id` names a row of these tables: failing rows are then called by it. */
export const keyOf = (...tables: readonly string[]): Cases =>
  Object.fromEntries(
    tables.map((on) => [
      `unique names the rows of ${on}`,
      { check: { kind: 'unique', on, column: 'id' }, status: 'pass' } as const,
    ]),
  );
