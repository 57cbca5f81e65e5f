import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kindNamed } from '../../../engine/check-kinds/check-kinds.ts';
import type { SequenceArguments } from '../../../engine/check-kinds/kinds/sequence-gaps.ts';
import { sequenceSql } from '../../../engine/check-kinds/sequence-sql.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

interface Drawn {
  readonly numbers: readonly number[];
  readonly step: number;
  readonly complete: boolean;
  readonly ranges: readonly (readonly [from: number, length: number])[];
  readonly known: readonly (readonly [from: number, length: number])[];
}

const stretch = fc.tuple(fc.integer({ min: -5, max: 30 }), fc.integer({ min: 0, max: 8 }));
const drawn: fc.Arbitrary<Drawn> = fc.record({
  numbers: fc.array(fc.integer({ min: -5, max: 30 }), { minLength: 1, maxLength: 20 }),
  step: fc.integer({ min: 1, max: 4 }),
  complete: fc.boolean(),
  ranges: fc.array(stretch, { maxLength: 2 }),
  known: fc.array(stretch, { maxLength: 3 }),
});
const spec = kindNamed('sequence_gaps')!.spec;

function argumentsOf({ step, complete, ranges, known }: Drawn): SequenceArguments | undefined {
  const between = ([from, length]: readonly [number, number]) => ({ from, to: from + length });
  const given = spec.arguments.parse({
    step,
    ranges: ranges.map(between),
    complete: complete && ranges.length > 0,
    known_gaps: known.map((each) => ({ ...between(each), reason: 'known' })),
  });
  return spec.refuse?.(given) === undefined ? (given as unknown as SequenceArguments) : undefined;
}

/** Every number that must be there and is not, and those that must not. */
function missingOf({ numbers, step, known }: Drawn, { ranges, complete }: SequenceArguments) {
  const declared =
    ranges.length === 0
      ? [{ from: Math.min(...numbers), to: Math.max(...numbers), isWhole: false }]
      : ranges.map(({ from, to }) => ({ from: Number(from), to: Number(to), isWhole: complete }));
  const spans = declared.map(({ from, to, isWhole }) => {
    const inside = numbers.filter((each) => each >= from && each <= to && (each - from) % step === 0);
    return { from, to, last: isWhole ? to : Math.max(...inside, from - 1) };
  });
  const isKnown = (each: number): boolean => known.some(([from, length]) => each >= from && each <= from + length);
  const missing: number[] = [];
  for (const { from, last } of spans)
    for (let each = from; each <= last; each += step) if (!numbers.includes(each) && !isKnown(each)) missing.push(each);
  const wrong = numbers.filter(
    (each) => !spans.some(({ from, to }) => each >= from && each <= to && (each - from) % step === 0),
  );
  return { missing: missing.toSorted((a, b) => a - b), wrong: [...new Set(wrong)].toSorted((a, b) => a - b) };
}

test('the holes are the numbers that lack, whatever the ranges, steps and known gaps', async () => {
  const cases = fc.sample(drawn, { numRuns: 500, seed: 42 }).flatMap((each) => {
    const given = argumentsOf(each);
    return given === undefined ? [] : [{ each, given }];
  });
  expect(cases.length).toBeGreaterThan(200);
  const queries = cases.map(({ each, given }, at) => {
    const sql = sequenceSql(given, true);
    return `select ${at} as at, (
  with numbered as (select distinct '{}'::text[] as series, number::numeric from (values ${each.numbers.map((n) => `(${n})`).join(', ')}) as v(number)),
  ${sql}
  select jsonb_build_object(
    'missing', (select coalesce(jsonb_agg(n order by n), '[]') from holes, generate_series(first, last, ${given.step}) as n),
    'counted', (select coalesce(sum(missing), 0) from holes),
    'wrong', (select coalesce(jsonb_agg(number order by number), '[]') from wrong)
  )
)::text as answer`;
  });
  for (let from = 0; from < queries.length; from += 50) {
    const rows = await db.warehouse.query(`${queries.slice(from, from + 50).join('\nunion all\n')}\norder by 1`);
    for (const [offset, row] of rows.entries()) {
      const { each, given } = cases[from + offset]!;
      const expected = missingOf(each, given);
      expect([each, JSON.parse(row['answer'] ?? '')]).toEqual([
        each,
        { ...expected, counted: expected.missing.length },
      ]);
    }
  }
});
