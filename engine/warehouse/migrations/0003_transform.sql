-- Models keep their tables from run to run: a build says what was done with each model, why, and from which inputs.

alter table audit.runs drop constraint runs_kind_check;
alter table audit.runs add constraint runs_kind_check check (kind in ('refresh', 'engagement', 'build'));
-- What a build was asked to do, as JSON; null for runs that were asked for everything.
alter table audit.runs add column request text;

alter table audit.builds alter column row_count drop not null;
alter table audit.builds add column resource text not null default 'model';
-- What it is called where it is live; the model's name unless it has an alias.
alter table audit.builds add column live_name text;
alter table audit.builds add column status text not null default 'success'
  check (status in ('success', 'error', 'skipped', 'no-op', 'carried'));
alter table audit.builds add column reason text;
alter table audit.builds add column error text;
alter table audit.builds add column affected_rows bigint;
alter table audit.builds add column duration_ms bigint;
-- Definition and inputs in one hash: building again would give the same. Null when the inputs cannot be known.
alter table audit.builds add column inputs_hash text;
-- What stands after this build; differs from inputs_hash where history counts (incremental, snapshot).
alter table audit.builds add column fingerprint text;
alter table audit.builds add column definition_hash text;
-- The run whose pull of each landed table it was built from, as JSON.
alter table audit.builds add column inputs text not null default '{}';
-- What its SQL reads without ref or source, as a JSON array: of those it is not known whether they changed.
alter table audit.builds add column hidden_inputs text not null default '[]';
-- The table that holds its rows, quoted; null for a view.
alter table audit.builds add column store_table text;
-- The run that wrote that table, or last added to it.
alter table audit.builds add column built_run_id text;
-- Rows that publishing puts into the store table, and which it takes out, as JSON; null when the table is whole.
alter table audit.builds add column delta text;

-- What a run is to do with each model, and in which batches; decided once.
create table audit.build_plans (
  run_id text primary key references audit.runs,
  run_no bigint not null,
  vertical text not null,
  -- The published run that it starts from.
  standing_run_id text,
  plan text not null,
  planned_at timestamptz not null default clock_timestamp()
);

-- Which slices of a model with an event time were built, by which definition. It counts once the run is published.
create table audit.model_intervals (
  run_id text not null references audit.runs,
  run_no bigint not null,
  vertical text not null,
  model text not null,
  slice_from timestamptz not null,
  slice_to timestamptz not null,
  definition_hash text not null,
  row_count bigint not null,
  built_at timestamptz not null default clock_timestamp(),
  primary key (run_id, model, slice_from)
);

do $$
declare
  audited text;
begin
  foreach audited in array array['build_plans', 'model_intervals']
  loop
    execute format(
      'create trigger append_only before update or delete or truncate on audit.%I for each statement execute function audit.refuse_change()',
      audited
    );
  end loop;
end
$$;

-- The newest build of every slice of a model, of published runs since it was last built from nothing.
create view audit.built_intervals as
with published as (
  select run_id, run_no, vertical from audit.publications where decision = 'published'
),
begun as (
  select b.vertical, b.model, max(p.run_no) as run_no
  from audit.builds b
  join published p on p.run_id = b.run_id
  where b.status = 'success' and b.delta is null and b.built_run_id = b.run_id
  group by b.vertical, b.model
),
final as (
  select distinct on (i.vertical, i.model, i.slice_from)
    i.vertical, i.model, i.slice_from, i.slice_to, i.definition_hash, i.row_count, i.run_no, i.built_at
  from audit.model_intervals i
  join published p on p.run_id = i.run_id
  join begun on begun.vertical = i.vertical and begun.model = i.model and i.run_no >= begun.run_no
  order by i.vertical, i.model, i.slice_from, i.run_no desc
)
select * from final;
