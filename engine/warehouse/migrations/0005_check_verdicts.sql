alter table audit.check_results drop constraint check_results_status_check;
alter table audit.check_results add constraint check_results_status_check
  check (status in ('pass', 'warn', 'fail', 'error', 'no_data', 'skipped'));
-- Rows looked at without a violation; null where a violation is not a row, and in results of before.
alter table audit.check_results add column passes bigint;
-- Of what was looked at, in percent; null where it is nothing or where a share means nothing.
alter table audit.check_results add column percentage numeric;
-- What the verdict was reached by: severity, warn_if, error_if, min_population, as JSON.
alter table audit.check_results add column thresholds text;
-- What later runs compare with, and the hash of how it was asked for.
alter table audit.check_results add column measure numeric;
alter table audit.check_results add column measured_hash text;
-- The waiver that a failure stands under, as JSON.
alter table audit.check_results add column waiver text;

-- A failing row may be written before the verdict that it belongs to, in one transaction.
alter table audit.failing_rows alter constraint failing_rows_run_id_check_id_fkey deferrable initially deferred;

-- Which parts of a relation a check judged by themselves, by which definition.
create table audit.check_slices (
  run_id text not null,
  check_id text not null,
  slice text not null,
  -- The column whose values or periods the slices are.
  sliced_by text not null,
  -- Of a slice by time: from the first day to the first day after it.
  slice_from date,
  slice_to date,
  definition_hash text not null,
  status text not null check (status in ('pass', 'warn', 'fail', 'no_data')),
  population bigint not null,
  failures bigint not null,
  primary key (run_id, check_id, slice),
  foreign key (run_id, check_id) references audit.check_results deferrable initially deferred
);

create trigger append_only before update or delete or truncate on audit.check_slices for each statement execute function audit.refuse_change();
