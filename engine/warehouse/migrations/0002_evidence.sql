-- Landed tables carry keyed row hashes, and what a pull left standing is kept with its verdict.

-- The one key that this warehouse's evidence is made with; its public half, to verify signatures.
create table audit.evidence_keys (
  only_one boolean primary key default true check (only_one),
  key_id text not null unique,
  public_key text not null,
  first_used_at timestamptz not null default clock_timestamp()
);

-- All rows of the table as of this pull, as JSON: count, hash, totals, columns, and the cursor where the next one goes on.
alter table audit.tie_outs add column state text;
alter table audit.tie_outs add column mode text not null default 'full';
-- What the pull changed in periods that are declared closed, as JSON: before and after.
alter table audit.tie_outs add column closed_periods text not null default '[]';

create trigger append_only before update or delete or truncate on audit.evidence_keys
  for each statement execute function audit.refuse_change();

-- Guards of `<table>__as_of`: a run before the table's first pull has no rows to show, and that must not look like an empty table.
create function audit.landed_by(of_source text, of_table text, first_run bigint, as_of_run bigint) returns boolean
language plpgsql stable as $$
begin
  if not exists (
    select 1 from audit.tie_outs
    where source = of_source and table_name = of_table and tied and run_no between first_run and as_of_run
  ) then
    raise exception 'no pull of %.% in its present shape had been put in place by run %', of_source, of_table, as_of_run
      using errcode = 'feature_not_supported';
  end if;
  return true;
end
$$;

-- The run whose pull of a table stood at a moment.
create function audit.landed_run_at(of_source text, of_table text, moment timestamptz) returns bigint
language plpgsql stable as $$
declare
  found bigint;
begin
  select max(run_no) into found from audit.tie_outs
  where source = of_source and table_name = of_table and tied and verified_at <= moment;
  if found is null then
    raise exception 'no pull of %.% had been put in place by %', of_source, of_table, moment
      using errcode = 'feature_not_supported';
  end if;
  return found;
end
$$;
