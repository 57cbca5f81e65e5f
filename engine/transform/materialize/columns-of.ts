import type { Session } from '../../warehouse/warehouse.ts';

export interface TableColumn {
  readonly name: string;
  /** With its precision, as Postgres writes it. */
  readonly type: string;
}

/** The columns of one table, in order. */
export async function columnsOfTable(table: string, session: Session): Promise<readonly TableColumn[]> {
  const rows = await session.query(
    `select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map((row) => ({ name: row['name'] as string, type: row['type'] as string }));
}
