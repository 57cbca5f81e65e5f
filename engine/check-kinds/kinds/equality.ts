import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { identifier, literal } from '../../sql-text.ts';
import { columns, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext, KnownColumn } from '../check-kind.ts';
import { oneRow } from '../planting.ts';

const Arguments = z.strictObject({
  compare_model: relationName.describe('The other relation.'),
  compare_columns: columns.nullish().describe('The columns to compare; all when left out.'),
  exclude_columns: columns.nullish().describe('Columns to leave out.'),
  precision: z.int().min(0).nullish().describe('Decimal places to which numbers are rounded before they are compared.'),
});
type Arguments = z.output<typeof Arguments>;

/** Two relations have the same rows, whatever their order; rows that stand several times count once. A violation is a row that only one of them has. */
export const equality = checkKind({
  arguments: Arguments,
  aliases: ['dbt_utils.equality'],
  dimension: 'consistency',
  of: 'relation',
  relations: ['compare_model'],
  violationOf: 'whole',
  finds:
    'rows that only one of two relations has, whatever their order; rows that stand several times count once. What is counted is the number that dbt_utils gives: those rows, and by how many more one side has than the other.',
  example: `equality:
  arguments: { compare_model: ref('orders'), exclude_columns: [loaded_at] }`,
  needsColumns: ({ on, arguments: given }) =>
    (given['compare_columns'] ?? null) !== null && (given['precision'] ?? null) === null
      ? []
      : [on, given['compare_model'] as string],
  plan: (context) => {
    const { relation, label, where, resolve, arguments: given } = context;
    const to = given.compare_model;
    const other = resolve(to);
    const compared = comparedColumns(context).join(', ');
    const alone = (name: string, side: string, than: string, otherName: string): string =>
      `select 'row ' || md5(alone::text) as subject_id, ${literal(`is in ${name} but not in ${otherName}`)} as reason, ${literal(side)} as side
from (select * from ${side} except select * from ${than}) as alone`;
    return {
      population: {
        query: `select (select count(*) from ${relation} as t where ${where}) + (select count(*) from ${other} as t)`,
      },
      violations: `with this_side as (select ${compared} from ${relation} as t where ${where}),
other_side as (select ${compared} from ${other} as t)
${alone(label, 'this_side', 'other_side', to)}
union all
${alone(to, 'other_side', 'this_side', label)}`,
      // The number that dbt_utils gives: the rows, and by how many more one side has than the other.
      failCalc: `count(*) + abs(count(*) filter (where side = 'this_side') - count(*) filter (where side = 'other_side'))`,
      alsoReads: [to],
    };
  },
  faults: [
    {
      name: 'a row is gone on the other side',
      statements: ({ resolve, arguments: given }) => {
        const other = resolve(given['compare_model'] as string);
        return [`delete from ${other} where ${oneRow(other)}`];
      },
    },
    {
      name: 'the values of one row are taken away',
      statements: ({ relation, columns: own }) => [
        `update ${relation} set ${own.map(({ name }) => `${identifier(name)} = null`).join(', ')} where ${oneRow(relation)}`,
      ],
    },
  ],
});

function comparedColumns({ definition, expression, columnsOf, arguments: given }: KindContext<Arguments>): string[] {
  const { compare_columns: named, exclude_columns: excluded, precision, compare_model: to } = given;
  if (named && (precision ?? null) === null) return named.map(expression);
  const place = { file: definition.file, line: definition.line };
  const isExcluded = ({ name }: KnownColumn): boolean =>
    (excluded ?? []).some((each) => each.toLowerCase() === name.toLowerCase());
  const ours = columnsOf(definition.on).filter((column) => !isExcluded(column));
  const theirs = columnsOf(to).filter((column) => !isExcluded(column));
  const chosen = named
    ? named.map((name) => ours.find((column) => column.name === name) ?? { name, type: 'text' })
    : ours;
  if (!named) {
    const lone = [
      ...ours.filter((a) => !theirs.some((b) => a.name === b.name)),
      ...theirs.filter((a) => !ours.some((b) => a.name === b.name)),
    ];
    if (lone.length > 0) {
      const message = `${definition.on} and ${to} do not have the same columns: ${lone.map(({ name }) => name).join(', ')} in one only; name those to compare with compare_columns or exclude_columns`;
      throw new EngineError('CHECK_INVALID', `check ${definition.id}: ${message}`, { place });
    }
  }
  if (chosen.length === 0)
    throw new EngineError('CHECK_INVALID', `check ${definition.id}: no column is left to compare`, { place });
  return chosen.map(({ name, type }) => {
    const column = `t.${identifier(name)}`;
    const isNumber = /^(numeric|decimal|real|double precision)/.test(type);
    return (precision ?? null) !== null && isNumber
      ? `round(${column}::numeric, ${precision}) as ${identifier(name)}`
      : column;
  });
}
