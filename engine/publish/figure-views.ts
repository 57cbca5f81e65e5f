/** One difference between two definitions, as `describeChange` says it. */
const CHANGE = `(c.change ->> 'path') || ': ' || coalesce(c.change ->> 'from', 'nothing') || ' -> ' || coalesce(c.change ->> 'to', 'nothing')`;

/**
 * What every dashboard finds in `published` beside the models. Each reads the figures of the run that is published, through one
 * pointer, so that models, KRIs and controls change together. A view
 * only ever gets columns at its end: dashboards may count on their places.
 *
 * `check_history` has every verdict of runs that were published or held, each with the definition it was reached by; `change` says what of
 * the definition is not as it was in the row before. `check_definitions` has every change of one. `check_coverage` says which slices were
 * looked at by which definition, as last published.
 */
export const FIGURE_VIEWS = {
  kri_latest: `
select r.vertical, r.kri_id, r.title, r.value, r.numerator, r.denominator, r.unit, r.colour, r.amber, r.red, r.message, p.run_no, r.read_at
from audit.current_publication p
join audit.kri_readings r on r.run_id = p.run_id`,
  kri_history: `
select r.vertical, r.kri_id, r.title, r.value, r.numerator, r.denominator, r.unit, r.colour, r.amber, r.red, p.run_no, r.read_at
from audit.publications p
join audit.kri_readings r on r.run_id = p.run_id
where p.decision = 'published'`,
  control_status: `
select c.vertical, c.control_id, c.title, c.population, c.exceptions, c.deviation_rate, c.upper_limit, c.tolerable_rate, c.confidence,
  c.proposed_conclusion, c.basis, p.run_no, c.tested_at
from audit.current_publication p
join audit.control_tests c on c.run_id = p.run_id`,
  data_quality: `
select c.vertical, c.check_id, c.kind, c.dimension, c.on_relation, c.status, c.blocking, c.population, c.failures, p.run_no, c.checked_at,
  c.passes, c.percentage, c.thresholds, c.waiver is not null as waived, (c.waiver::jsonb ->> 'expires')::date as waived_until,
  c.waiver::jsonb ->> 'reason' as waiver_reason, c.message, m.score as mutation_score, m.mutants
from audit.current_publication p
join audit.check_results c on c.run_id = p.run_id
left join lateral (
  select score, mutants from audit.mutation_runs where vertical = p.vertical order by mutation_no desc limit 1
) m on true`,
  check_history: `
with judged as (
  select c.vertical, c.check_id, p.run_no, c.checked_at, p.decision, c.status, c.waiver is not null as waived, c.population, c.passes,
    c.failures, c.percentage, c.measure, c.thresholds, c.message, c.definition_hash, c.sql_hash,
    lag(c.definition_hash) over older as definition_before, lag(p.run_no) over older as run_before
  from audit.publications p
  join audit.check_results c on c.run_id = p.run_id
  window older as (partition by c.vertical, c.check_id order by p.run_no)
)
select j.vertical, j.check_id, j.run_no, j.checked_at, j.decision, j.status, j.waived, j.population, j.passes, j.failures, j.percentage,
  j.measure, j.thresholds, j.message, j.definition_hash, coalesce(j.definition_hash <> j.definition_before, false) as definition_changed,
  case when j.definition_hash <> j.definition_before then (
    select string_agg(${CHANGE}, '; ' order by e.event_no, c.position)
    from audit.check_definition_events e
    join audit.runs r on r.run_id = e.run_id
    cross join lateral jsonb_array_elements(e.changes::jsonb) with ordinality as c(change, position)
    where e.vertical = j.vertical and e.check_id = j.check_id and r.run_no > j.run_before and r.run_no <= j.run_no
  ) end as change,
  j.sql_hash
from judged j`,
  check_definitions: `
select e.vertical, e.check_id, e.event, r.run_no, e.at as recorded_at, e.from_hash, e.to_hash,
  (
    select string_agg(${CHANGE}, '; ' order by c.position)
    from jsonb_array_elements(e.changes::jsonb) with ordinality as c(change, position)
  ) as change,
  d.definition
from audit.check_definition_events e
join audit.runs r on r.run_id = e.run_id
left join audit.check_definitions d on d.check_id = e.check_id and d.definition_hash = e.to_hash`,
  check_coverage: `
select distinct on (p.vertical, s.check_id, s.slice, s.definition_hash)
  p.vertical, s.check_id, s.slice, s.slice_from, s.slice_to, s.status, s.population, s.failures, s.definition_hash,
  s.definition_hash = (
    select e.to_hash from audit.check_definition_events e
    where e.vertical = p.vertical and e.check_id = s.check_id order by e.event_no desc limit 1
  ) as is_current_definition,
  p.run_no
from audit.publications p
join audit.check_slices s on s.run_id = p.run_id
where p.decision = 'published'
order by p.vertical, s.check_id, s.slice, s.definition_hash, p.publication_no desc`,
  findings: `
select c.vertical, f.check_id, c.dimension, f.subject_id, f.reason, f.amount, f.occurred_at, p.run_no
from audit.current_publication p
join audit.check_results c on c.run_id = p.run_id
join audit.failing_rows f on f.run_id = c.run_id and f.check_id = c.check_id`,
  refreshes: `
select p.vertical, p.run_no, p.published_at, p.state, p.stale_since, p.stale_reason, r.project_hash, r.started_at
from audit.current_publication p
join audit.runs r on r.run_id = p.run_id`,
} as const;
