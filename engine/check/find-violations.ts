import type { CheckDefinition, CheckPreview } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { violationNumbers, violationsStatement } from './violations-statement.ts';
import type { CheckPart } from './violations-statement.ts';

/** What becomes of violating rows: they are kept as a run's evidence, or the first of them are shown. */
export type Keeping = { readonly run: RunRef } | { readonly examples: number };

export interface Violations {
  /** Of each part how many there are and the number that its thresholds compare. */
  readonly parts: readonly { readonly violating: bigint; readonly failures: bigint }[];
  readonly kept: bigint;
  readonly examples: CheckPreview['examples'];
}

/** Failing rows kept per check and run; the true number is always in the result. */
const FAILING_ROWS_CAP = 100_000;

/** Looks the violations of a check up, once, and keeps them by subject and reason up to the cap. */
export async function findViolations(
  definition: CheckDefinition,
  parts: readonly CheckPart[],
  keeping: Keeping,
  session: Session,
): Promise<Violations> {
  const cap = Math.min(definition.settings.limit ?? FAILING_ROWS_CAP, FAILING_ROWS_CAP);
  const [keep, examples] =
    'run' in keeping
      ? [keepRows(keeping.run, definition, cap), `'[]'`]
      : [showRows(keeping.examples), `(select coalesce(jsonb_agg(to_jsonb(tickmark_kept)), '[]') from tickmark_kept)`];
  const [row] = await session.query(`${violationsStatement(parts)},
tickmark_kept as (
${keep}
)
select ${violationNumbers(parts)} as numbers, ${examples}::text as examples`);
  const numbers = row?.['numbers']?.slice(1, -1).split(',') ?? [];
  const found = parts.map((_, index) => ({
    violating: BigInt(numbers[2 * index] as string),
    failures: wholeNumber(numbers[2 * index + 1], definition),
  }));
  const total = found.reduce((sum, { violating }) => sum + violating, 0n);
  return {
    parts: found,
    kept: 'examples' in keeping ? 0n : total < BigInt(cap) ? total : BigInt(cap),
    examples: JSON.parse(row?.['examples'] ?? '[]') as CheckPreview['examples'],
  };
}

function wholeNumber(text: string | undefined, { id, file, line }: CheckDefinition): bigint {
  if (text !== undefined && /^-?\d+$/.test(text)) return BigInt(text);
  const what = text === 'NULL' ? 'no number' : 'a number that is not whole';
  throw new EngineError('CHECK_INVALID', `check ${id}: fail_calc gives ${what}; thresholds compare whole numbers`, {
    place: { file, line },
  });
}

function keepRows(run: RunRef, { id }: CheckDefinition, cap: number): string {
  return `insert into audit.failing_rows (run_id, check_id, row_no, subject_id, reason, amount, occurred_at)
select ${literal(run.runId)}, ${literal(id)}, row_number() over (order by subject_id, reason), subject_id, reason, amount, occurred_at
from tickmark_rows order by subject_id, reason limit ${cap}`;
}

function showRows(examples: number): string {
  return `select subject_id as "subjectId", reason, amount::text as amount from tickmark_rows order by subject_id, reason limit ${examples}`;
}
