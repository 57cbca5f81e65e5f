/**
 * What every dashboard finds in `published` beside the models. Each reads the figures of the run that is published, through one
 * pointer, so that models, KRIs and controls change together.
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
select c.vertical, c.check_id, c.kind, c.dimension, c.on_relation, c.status, c.blocking, c.population, c.failures, p.run_no, c.checked_at
from audit.current_publication p
join audit.check_results c on c.run_id = p.run_id`,
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
