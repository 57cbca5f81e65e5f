import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Schemas of one session's copy, made as they are asked for; they are gone with its transaction. */
export interface ScratchSchemas {
  /** The one that stands for a live schema. */
  readonly of: (live: string) => Promise<string>;
  /** The one for tables of ours. */
  readonly orders: string;
}

/** Named for the server's process, so that two sessions never wait for each other's. */
export async function scratchSchemas(session: Session): Promise<ScratchSchemas> {
  const [backend] = await session.query('select pg_backend_pid()::text as pid');
  const names = new Map<string, string>();
  const make = async (): Promise<string> => {
    const name = `tickmark_mutate_${backend?.['pid']}_${names.size}`;
    await session.execute(`create schema ${identifier(name)}`);
    return name;
  };
  const orders = await make();
  names.set('', orders);
  return {
    orders,
    of: async (live) => {
      const name = names.get(live) ?? (await make());
      names.set(live, name);
      return name;
    },
  };
}
