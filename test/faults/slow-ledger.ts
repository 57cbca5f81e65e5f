import type pg from 'pg';

/**
 * Puts a view in the place of the source's ledger table: the same rows under the same name, but a COPY of them pauses at one line
 * in ten for as long as `pause` says. A pull that has begun keeps the pause it began with.
 */
export async function slowLedger(erp: pg.Client): Promise<{ readonly pause: (ms: number) => Promise<void> }> {
  await erp.query(`
    alter table public.gl_detail rename to gl_detail_rows;
    create table public.pace (pause_ms double precision not null);
    insert into public.pace values (0);
    create function public.paced(entry text) returns boolean language plpgsql volatile as $$
    begin
      if current_query() ilike 'copy%' and right(entry, 1) = '0' then
        perform pg_sleep(pause_ms / 1000) from public.pace where pause_ms > 0;
      end if;
      return true;
    end
    $$;
    create view public.gl_detail as select * from public.gl_detail_rows where public.paced("Journal_ID");
    grant select on public.gl_detail, public.pace to erp_reader;
  `);
  return {
    pause: async (ms) => {
      await erp.query('update public.pace set pause_ms = $1', [ms]);
    },
  };
}
