import { identifier } from '../../sql-text.ts';
import type { Session } from '../../warehouse/warehouse.ts';
import { attempt } from '../attempt.ts';
import type { ColumnProfile, TableProfile } from '../profile-table.ts';
import type { Candidate, Scenery } from './candidate.ts';

/** More columns than this are too many to try all sums of. */
const MOST_COLUMNS = 12;

/** What the other columns of the row say of one: it is their sum or difference, or comes after another. */
export async function byRow({ profile, column }: Scenery, session: Session): Promise<readonly Candidate[]> {
  // What landed as text cannot be compared as what it means.
  if (column === undefined || column.value !== column.sql) return [];
  const claims = claimsOf(
    column,
    profile.columns.filter(({ label }) => label !== column.label),
  );
  const held = await holding(claims, profile, session);
  return held.map(({ candidate }) => ({ ...candidate, on: profile.table.name }));
}

interface Claim {
  /** True of every row where the candidate passes, and of some row where it is not null. */
  readonly condition: string;
  readonly candidate: Omit<Candidate, 'on'>;
}

function claimsOf(column: ColumnProfile, others: readonly ColumnProfile[]): readonly Claim[] {
  const own = written(column);
  const expression = (condition: string): Claim => ({
    condition,
    candidate: { kind: 'expression', arguments: { expression: condition } },
  });
  const alike = others.filter(({ shape, value, sql }) => shape === column.shape && value === sql);
  switch (column.shape) {
    case 'number':
    case 'integer': {
      const numbers = others.filter(isAmount).slice(0, MOST_COLUMNS);
      return [
        ...numbers.map((other) => expression(`${own} = ${written(other)}`)),
        ...numbers.map((other) => expression(`abs(${own}) = abs(${written(other)})`)),
        ...numbers.flatMap((a) => [
          ...numbers.filter((b) => b !== a).map((b) => expression(`${own} = ${written(a)} - ${written(b)}`)),
          ...numbers.filter((b) => b.label > a.label).map((b) => expression(`${own} = ${written(a)} + ${written(b)}`)),
        ]),
        ...others
          .filter(({ shape }) => shape === 'boolean')
          .map((flag) => expression(`${written(flag)} = (${own} = 0)`)),
        ...others
          .filter(({ shape }) => shape === 'boolean')
          .map((flag) => expression(`${written(flag)} = (${own} > 0)`)),
      ];
    }
    case 'boolean': {
      const numbers = others.filter(isAmount).slice(0, MOST_COLUMNS);
      return [
        ...numbers.flatMap((a) => [
          expression(`${own} = (${written(a)} = 0)`),
          expression(`${own} = (${written(a)} > 0)`),
        ]),
        ...numbers.flatMap((a) =>
          numbers.filter((b) => b.label > a.label).map((b) => expression(`${own} = (${written(a)} = ${written(b)})`)),
        ),
        ...alike.map((other) => expression(`${own} = ${written(other)}`)),
        ...alike.map((other) => expression(`${own} = not ${written(other)}`)),
      ];
    }
    case 'date':
    case 'timestamp':
      return alike.flatMap((other) => [
        {
          condition: `${own} <= ${written(other)}`,
          candidate: { kind: 'ordered', arguments: { columns: [column.label, other.label] } },
        },
        {
          condition: `${own} >= ${written(other)}`,
          candidate: { kind: 'ordered', arguments: { columns: [other.label, column.label] } },
        },
        expression(`${own} = ${written(other)}`),
      ]);
    case 'text':
      return alike.map((other) => expression(`${own} = ${written(other)}`));
    default:
      return [];
  }
}

/** Those that all rows bear out: asked beforehand, many at once, because a check is dearer to ask. */
async function holding(
  claims: readonly Claim[],
  { table, rows }: TableProfile,
  session: Session,
): Promise<readonly Claim[]> {
  // Of a few rows much is true by accident.
  if (claims.length === 0 || rows < FEWEST_ROWS) return [];
  const held: Claim[] = [];
  for (let from = 0; from < claims.length; from += 400) {
    const some = claims.slice(from, from + 400);
    const columns = some.map(({ condition }) => `coalesce(bool_and(${condition}), false)`).join(',\n');
    const rows = await attempt(session, () =>
      session.query(`select array[${columns}]::text as held from ${table.copy} as t`),
    );
    const answers = (rows?.[0]?.['held'] ?? '{}').slice(1, -1).split(',');
    held.push(...some.filter((_, at) => answers[at] === 't'));
  }
  return held.slice(0, MOST_HELD);
}

const MOST_HELD = 12;
const FEWEST_ROWS = 5n;

function isAmount({ shape, isKey, value, sql }: ColumnProfile): boolean {
  return (shape === 'number' || shape === 'integer') && !isKey && value === sql;
}

/** As people write it: quoted only where it has to be. */
export function written({ label }: Pick<ColumnProfile, 'label'>): string {
  return /^[a-z_][a-z0-9_]*$/.test(label) ? label : identifier(label);
}
