-- Every definition of a check that a run was judged by, once.
create table audit.check_definitions (
  check_id text not null,
  definition_hash text not null,
  vertical text not null,
  -- The definition in canonical JSON.
  definition text not null,
  first_run_id text not null references audit.runs,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (check_id, definition_hash)
);

-- How the definitions of a run differ from those of the run before it: the newest event of a check says what it is now.
create table audit.check_definition_events (
  event_no bigint generated always as identity unique,
  run_id text not null references audit.runs,
  check_id text not null,
  vertical text not null,
  event text not null check (event in ('added', 'changed', 'removed')),
  from_hash text,
  to_hash text,
  -- What changed, as a JSON array of {"path", "from", "to"}; from and to are JSON as text, or null; of SQL they are its SHA-256.
  changes text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (run_id, check_id)
);
create index check_definition_events_by_check on audit.check_definition_events (vertical, check_id, event_no);

-- The history of one check.
create index check_results_by_check on audit.check_results (vertical, check_id);

create trigger append_only before update or delete or truncate on audit.check_definitions for each statement execute function audit.refuse_change();

create trigger append_only before update or delete or truncate on audit.check_definition_events for each statement execute function audit.refuse_change();
