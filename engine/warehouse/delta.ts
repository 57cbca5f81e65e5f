import { identifier } from '../sql-text.ts';
import type { Session } from './warehouse.ts';

/** In conditions on the standing rows they are called so, and the new ones `DBT_INTERNAL_SOURCE`; dbt's names. */
export const STANDING = 'DBT_INTERNAL_DEST';
export const COMING = 'DBT_INTERNAL_SOURCE';

/** What a run changes in a table that stands: kept beside it until the run is published. */
export interface Delta {
  /** The standing table, quoted. */
  readonly base: string;
  /** The rows to be put in, quoted. */
  readonly added: string;
  /** Condition on the standing rows (as DBT_INTERNAL_DEST) that are taken out; null: none. */
  readonly removes: string | null;
  /** Of the base, in its order. */
  readonly columns: readonly string[];
}

/** The rows that the table will have. */
export function afterDelta({ base, added, removes, columns }: Delta): string {
  const list = (alias: string): string => columns.map((name) => `${alias}.${identifier(name)}`).join(', ');
  const kept = removes === null ? '' : ` where (${removes}) is not true`;
  return `select ${list(STANDING)} from ${base} as ${STANDING}${kept}\nunion all\nselect ${list('t')} from ${added} as t`;
}

/** The standing rows that it takes out. */
export function removedRows({ base, removes, columns }: Delta): string {
  const list = columns.map((name) => `${STANDING}.${identifier(name)}`).join(', ');
  return `select ${list} from ${base} as ${STANDING} where ${removes === null ? 'false' : `(${removes})`}`;
}

/** Changes the standing table, in the caller's transaction. */
export async function applyDelta({ base, added, removes, columns }: Delta, session: Session): Promise<void> {
  if (removes !== null) await session.execute(`delete from ${base} as ${STANDING} where (${removes})`);
  const list = columns.map(identifier).join(', ');
  await session.execute(`insert into ${base} (${list}) select ${list} from ${added}`);
}
