import { literal } from '../../sql-text.ts';
import type { Session } from '../../warehouse/warehouse.ts';
import type { ColumnProfile } from '../profile-table.ts';
import type { Candidate, Scenery } from './candidate.ts';

/** Few enough for a reviewer to read and agree to. */
const MOST_VALUES = 20n;

/** That no value is missing, and none stands twice. */
export function byPresence({ profile, column }: Scenery): readonly Candidate[] {
  if (column === undefined || column.present !== column.rows) return [];
  const on = { on: profile.table.name, column: column.label };
  const isUnique = column.distinct === column.rows && column.rows > 1n;
  return [{ kind: 'not_null', ...on }, ...(isUnique ? [{ kind: 'unique', ...on }] : [])];
}

/** That no value is of another form, none outside of a list, and none below zero. */
export async function byColumn({ profile, column }: Scenery, session: Session): Promise<readonly Candidate[]> {
  if (column === undefined) return [];
  const on = { on: profile.table.name, column: column.label };
  const candidates: Candidate[] = [];
  if (column.sql !== column.value) candidates.push(...formatOf(column, on));
  if (column.shape === 'text') candidates.push(...(await formsOf(column, profile.table.copy, on, session)));
  if (column.shape === 'text' && column.distinct <= MOST_VALUES && column.distinct * 4n <= column.rows) {
    const values = await valuesOf(column, profile.table.copy, session);
    candidates.push({ kind: 'accepted_values', ...on, arguments: { values } });
  }
  if (column.shape === 'number' || column.shape === 'integer')
    candidates.push({ kind: 'accepted_range', ...on, arguments: { min_value: 0 } });
  return candidates;
}

/** Of dates, times and numbers that landed as text. */
function formatOf({ shape, longest }: ColumnProfile, on: Pick<Candidate, 'on' | 'column'>): readonly Candidate[] {
  switch (shape) {
    case 'date':
      return [
        {
          kind: 'format',
          ...on,
          arguments: {
            matches: longest === 8n ? '[12][0-9]{3}[01][0-9][0-3][0-9]' : '[12][0-9]{3}-[01][0-9]-[0-3][0-9]',
          },
        },
      ];
    case 'time':
      return [{ kind: 'format', ...on, arguments: { matches: '[0-9]{1,6}' } }];
    case 'number':
      return [
        { kind: 'format', ...on, arguments: { matches: '[0-9]+([.][0-9]+)?' } },
        { kind: 'format', ...on, arguments: { matches: '-?[0-9]+([.][0-9]{1,2})?' } },
      ];
    default:
      return [];
  }
}

const CLASSES = ['[0-9]', '[A-Z]', '[a-z]', '[A-Z0-9]', '[A-Z0-9 ./_-]'];

/** The narrowest class of characters that all values are of, with their lengths; and that the texts can be read. */
async function formsOf(
  { sql }: ColumnProfile,
  copy: string,
  on: Pick<Candidate, 'on' | 'column'>,
  session: Session,
): Promise<readonly Candidate[]> {
  const classes = CLASSES.map(
    (each, at) => `coalesce(bool_and(value ~ ${literal(`^${each}+$`)}), false)::text as c${at}`,
  );
  const [row] = await session.query(
    `select min(length(value))::text as least, max(length(value))::text as most, ${classes.join(', ')}
from (select distinct ${sql}::text collate "C" as value from ${copy} as t) as found`,
  );
  const found = CLASSES.find((_, at) => row?.[`c${at}`] === 'true');
  const [least, most] = [row?.['least'] ?? '0', row?.['most'] ?? '0'];
  return [
    ...(found === undefined
      ? []
      : [
          { kind: 'format', ...on, arguments: { matches: `${found}{${least === most ? least : `${least},${most}`}}` } },
        ]),
    { kind: 'readable_text', ...on, arguments: { trimmed: true } },
    { kind: 'readable_text', ...on, arguments: { trimmed: true, min_length: Number(least) } },
  ];
}

async function valuesOf({ sql }: ColumnProfile, copy: string, session: Session): Promise<readonly string[]> {
  const rows = await session.query(
    `select distinct ${sql}::text as value from ${copy} as t where ${sql} is not null order by 1`,
  );
  return rows.map((row) => row['value'] ?? '');
}
