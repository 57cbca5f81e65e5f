import { literal } from '../sql-text.ts';
import type { CheckPlan, KindContext } from './check-kind.ts';
import { rowsWhere, valuesWhere } from './count.ts';

/** A column of the relation beside the one of the other that it must stand in. */
export interface MatchedColumn {
  /** As SQL over `t`. */
  readonly column: string;
  readonly columnName: string;
  /** As people wrote it. */
  readonly field: string;
}

/** The rows whose values stand in no row of another relation. `from` and `among` say which rows of either side count. */
export function withoutMatch<A>(
  { relation, where, subject, shown, resolve, expression }: KindContext<A>,
  match: {
    readonly to: string;
    readonly columns: readonly MatchedColumn[];
    readonly from: string;
    readonly among: string;
  },
): CheckPlan {
  const { to, from, among, columns } = match;
  const [only] = columns.length === 1 ? columns : [];
  const complete = columns.map(({ column }) => `${column} is not null`).join(' and ');
  const looked = `${where} and ${complete} and ${from}`;
  // The other side shows its columns under names of ours, so that an expression over this side cannot mean one of them.
  const fields = columns.map(({ field }, index) => `${expression(field)} as tickmark_field_${index}`).join(', ');
  const matches = columns.map(({ column }, index) => `other.tickmark_field_${index} = ${column}`).join(' and ');
  const unmatched = `from ${relation} as t
where ${looked}
  and not exists (
    select 1 from (select ${fields} from ${resolve(to)} as t where ${among}) as other
    where ${matches}
  )`;
  const names = columns.map(({ columnName }) => columnName).join(', ');
  const values = columns.map(({ column, columnName }) => shown(column, columnName)).join(` || '/' || `);
  return {
    population: only !== undefined && from === 'true' ? valuesWhere(where, only.column) : rowsWhere(looked),
    found: { query: `select count(*) ${unmatched}` },
    violations: `select ${subject} as subject_id, ${literal(`${names} ${only === undefined ? 'are' : 'is'} not in ${to}: `)} || ${values} as reason
${unmatched}`,
    alsoReads: [to],
  };
}
