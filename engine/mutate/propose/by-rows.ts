import type { Candidate, Scenery } from './candidate.ts';

/** What a table says of its rows: none stands twice, no month is empty, and those that stood still stand. */
export function byRows({ profile, column, key }: Scenery): readonly Candidate[] {
  if (column !== undefined) return [];
  const { table, period } = profile;
  const on = table.name;
  return [
    ...(key.length === 0 ? [] : [{ kind: 'unique', on, arguments: { columns: key } }]),
    ...(period === undefined
      ? []
      : [{ kind: 'missing_periods', on, arguments: { time: period.label, every: 'month' } }]),
  ];
}

/** What only an earlier refresh can say. */
export function byEarlierRun({ profile, column, key }: Scenery): readonly Candidate[] {
  const on = profile.table.name;
  const columns = column === undefined || key.includes(column.label) ? {} : { columns: [column.label] };
  return [
    ...(key.length === 0 ? [] : [{ kind: 'unchanged_rows', on, arguments: { keys: key, ...columns } }]),
    ...(column === undefined ? [{ kind: 'row_count_change', on, arguments: { min_change: '0' } }] : []),
  ];
}
