-- Violating rows found; `failures` is what the thresholds compare, which some kinds count otherwise. Null in results of before.
alter table audit.check_results add column violating_rows bigint;
-- SHA-256 over the check's definition, its SQL and the state of everything it read; null when that is not known.
alter table audit.check_results add column inputs_hash text;
-- The run that found this, when nothing the check reads has changed since.
alter table audit.check_results add column reused_from_run text references audit.runs;
