import { identifier } from '../sql-text.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import type { Session } from '../warehouse/warehouse.ts';

/**
 * Copies a relation's rows into a new table of another session. That session names the live relation nowhere, so it holds no lock on
 * it for the minutes that its transaction lasts.
 */
export async function copyTable(
  from: { readonly live: string; readonly columns: readonly RelationColumn[] },
  to: string,
  sessions: { readonly reader: Session; readonly writer: Session },
): Promise<void> {
  const { reader, writer } = sessions;
  const columns = from.columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ');
  await writer.execute(`create unlogged table ${to} (${columns})`);
  const list = from.columns.map(({ name }) => identifier(name)).join(', ');
  await writer.copyIn(
    `copy ${to} from stdin (format binary)`,
    reader.copyOut(`copy (select ${list} from ${from.live}) to stdout (format binary)`),
  );
}
