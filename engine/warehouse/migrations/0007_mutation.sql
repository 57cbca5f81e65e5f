-- How many of the faults planted into a copy of the data the checks of a vertical found.
create table audit.mutation_runs (
  mutation_no bigint generated always as identity primary key,
  vertical text not null,
  -- The published run whose data the copy was of.
  run_id text not null references audit.runs,
  project_hash text not null,
  seed text not null,
  mutants bigint not null,
  killed bigint not null,
  -- Share of the mutants that were found, in percent.
  score numeric not null,
  -- Every mutant with its table, column, fault and the checks that found it, as JSON; no row value.
  report text not null,
  tested_at timestamptz not null default clock_timestamp()
);

create trigger append_only before update or delete or truncate on audit.mutation_runs for each statement execute function audit.refuse_change();
