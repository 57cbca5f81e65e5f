-- The audit schema: what was done, what it proved, and the ledger over it. Append-only, every row keyed by its run.

create schema if not exists audit;

create table audit.runs (
  run_id text primary key,
  run_no bigint generated always as identity unique,
  vertical text not null,
  kind text not null check (kind in ('refresh', 'engagement')),
  project text not null,
  project_hash text not null,
  tool_version text not null,
  vars text not null,
  full_refresh boolean not null,
  started_at timestamptz not null default clock_timestamp()
);

create table audit.run_ends (
  run_id text primary key references audit.runs,
  status text not null check (status in ('succeeded', 'held', 'failed')),
  reason text,
  finished_at timestamptz not null default clock_timestamp()
);

-- What a step did and when; progress lines and the status page are read from here.
create table audit.step_events (
  event_no bigint generated always as identity primary key,
  run_id text not null references audit.runs,
  step text not null,
  subject text,
  event text not null check (event in ('started', 'done', 'failed')),
  attempt integer not null,
  duration_ms bigint,
  figures text,
  message text,
  at timestamptz not null default clock_timestamp()
);
create index step_events_by_run on audit.step_events (run_id, event_no);

-- One extraction of one table, with its manifest in canonical JSON.
create table audit.pulls (
  run_id text not null references audit.runs,
  run_no bigint not null,
  source text not null,
  table_name text not null,
  beside_table text not null,
  manifest text not null,
  pulled_at timestamptz not null default clock_timestamp(),
  primary key (run_id, source, table_name)
);

create table audit.tie_outs (
  run_id text not null references audit.runs,
  run_no bigint not null,
  source text not null,
  table_name text not null,
  tied boolean not null,
  lines text not null,
  landed_rows bigint not null,
  added_rows bigint not null,
  removed_rows bigint not null,
  changed_keys bigint not null,
  content_hash text not null,
  verified_at timestamptz not null default clock_timestamp(),
  primary key (run_id, source, table_name)
);

create table audit.builds (
  run_id text not null references audit.runs,
  model text not null,
  vertical text not null,
  layer text not null,
  materialized text not null,
  published boolean not null,
  row_count bigint not null,
  content_hash text,
  depends_on text not null,
  sql text not null,
  sql_hash text not null,
  template_hash text not null,
  file text not null,
  built_at timestamptz not null default clock_timestamp(),
  primary key (run_id, model)
);

create table audit.check_results (
  run_id text not null references audit.runs,
  check_id text not null,
  vertical text not null,
  kind text not null,
  dimension text not null,
  on_relation text not null,
  status text not null check (status in ('pass', 'warn', 'fail', 'error', 'no_data')),
  blocking boolean not null,
  population bigint not null,
  failures bigint not null,
  failing_rows_kept bigint not null,
  message text,
  -- Names of the models and landed tables it read, as a JSON array.
  reads text not null,
  definition_hash text not null,
  sql text not null,
  sql_hash text not null,
  duration_ms bigint not null,
  checked_at timestamptz not null default clock_timestamp(),
  primary key (run_id, check_id)
);

create table audit.failing_rows (
  run_id text not null,
  check_id text not null,
  row_no bigint not null,
  subject_id text,
  reason text,
  amount numeric,
  occurred_at text,
  primary key (run_id, check_id, row_no),
  foreign key (run_id, check_id) references audit.check_results
);

create table audit.kri_readings (
  run_id text not null references audit.runs,
  kri_id text not null,
  vertical text not null,
  title text not null,
  value numeric,
  numerator numeric,
  denominator numeric,
  unit text not null,
  colour text not null check (colour in ('green', 'amber', 'red', 'no_data', 'error')),
  amber numeric not null,
  red numeric not null,
  message text,
  reads text not null,
  definition_hash text not null,
  sql text not null,
  read_at timestamptz not null default clock_timestamp(),
  primary key (run_id, kri_id)
);

create table audit.control_tests (
  run_id text not null references audit.runs,
  control_id text not null,
  vertical text not null,
  title text not null,
  population bigint not null,
  exceptions bigint not null,
  deviation_rate numeric,
  upper_limit numeric,
  tolerable_rate numeric not null,
  confidence numeric not null,
  proposed_conclusion text not null check (proposed_conclusion in ('effective', 'ineffective', 'no_data', 'not_tested')),
  basis text not null,
  reads text not null,
  -- Ids of the checks whose failing rows are its exceptions, as a JSON array.
  tests text not null,
  definition_hash text not null,
  sql text not null,
  tested_at timestamptz not null default clock_timestamp(),
  primary key (run_id, control_id)
);

-- A vertical's decisions: published, or held back and why. The newest 'published' one is what dashboards read.
create table audit.publications (
  publication_no bigint generated always as identity primary key,
  run_id text not null unique references audit.runs,
  run_no bigint not null,
  vertical text not null,
  decision text not null check (decision in ('published', 'held')),
  reason text,
  tables text not null,
  decided_at timestamptz not null default clock_timestamp()
);

-- An incident is one subject that went wrong until it is right again; it alerts once per route.
create table audit.incident_events (
  event_no bigint generated always as identity primary key,
  incident_id text not null,
  run_id text not null references audit.runs,
  vertical text not null,
  subject text not null,
  event text not null check (event in ('opened', 'sent', 'undelivered', 'closed')),
  status text not null,
  route text,
  message text not null,
  at timestamptz not null default clock_timestamp()
);
create unique index incident_opened_once on audit.incident_events (incident_id) where event = 'opened';
create unique index incident_closed_once on audit.incident_events (incident_id) where event = 'closed';
create unique index incident_sent_once on audit.incident_events (incident_id, route) where event = 'sent';
create index incident_events_by_subject on audit.incident_events (vertical, subject, event_no);

create table audit.engagement_files (
  run_id text not null references audit.runs,
  engagement text not null,
  file text not null,
  row_count bigint not null,
  sha256 text not null,
  written_at timestamptz not null default clock_timestamp(),
  primary key (run_id, file)
);

-- The evidence ledger: each entry's hash covers the entry and the hash before it.
create table audit.ledger (
  entry_no bigint primary key,
  entry_key text not null unique,
  kind text not null,
  run_id text,
  subject text not null,
  recorded_at text not null,
  body text not null,
  previous_hash text not null,
  hash text not null unique
);

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on %.% is refused: the audit schema is append-only', tg_op, tg_table_schema, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end
$$;

do $$
declare
  audited text;
begin
  foreach audited in array array[
    'runs', 'run_ends', 'step_events', 'pulls', 'tie_outs', 'builds', 'check_results', 'failing_rows', 'kri_readings',
    'control_tests', 'publications', 'incident_events', 'engagement_files', 'ledger'
  ]
  loop
    execute format(
      'create trigger append_only before update or delete or truncate on audit.%I for each statement execute function audit.refuse_change()',
      audited
    );
  end loop;
end
$$;

-- Per vertical the run that dashboards read, and since when and why it is not the newest.
create view audit.current_publication as
with published as (
  select distinct on (vertical) vertical, run_id, run_no, publication_no, tables, decided_at
  from audit.publications
  where decision = 'published'
  order by vertical, publication_no desc
),
held as (
  select distinct on (p.vertical) p.vertical, h.decided_at as stale_since, h.reason as first_reason
  from published p
  join audit.publications h on h.vertical = p.vertical and h.decision = 'held' and h.run_no > p.run_no
  order by p.vertical, h.publication_no
),
failed as (
  select distinct on (p.vertical) p.vertical, e.finished_at as stale_since, e.reason as first_reason
  from published p
  join audit.runs r on r.vertical = p.vertical and r.kind = 'refresh' and r.run_no > p.run_no
  join audit.run_ends e on e.run_id = r.run_id and e.status = 'failed'
  order by p.vertical, r.run_no
),
final as (
  select
    p.vertical,
    p.run_id,
    p.run_no,
    p.tables,
    p.decided_at as published_at,
    case when h.vertical is null and f.vertical is null then 'fresh' else 'stale' end as state,
    least(h.stale_since, f.stale_since) as stale_since,
    case
      when f.stale_since is null or h.stale_since <= f.stale_since then h.first_reason
      else f.first_reason
    end as stale_reason
  from published p
  left join held h using (vertical)
  left join failed f using (vertical)
)
select * from final;
