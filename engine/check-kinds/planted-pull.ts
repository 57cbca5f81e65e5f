import type { PlantedFault } from './check-kind.ts';

/** Statements that add a newer pull of every landed table, in a run of its own, with other files: SQL for a JSON array, over `files`, the array of the pull before it. */
export function plantPull(changed: string): PlantedFault['statements'] {
  return () => [
    `insert into audit.runs (run_id, vertical, kind, project, project_hash, tool_version, vars, full_refresh)
select 'planted', vertical, kind, project, project_hash, tool_version, vars, full_refresh from audit.runs order by run_no desc limit 1`,
    `insert into audit.pulls (run_id, run_no, source, table_name, beside_table, manifest)
select r.run_id, r.run_no, p.source, p.table_name, p.beside_table, jsonb_set(p.manifest::jsonb, '{files}', coalesce(${changed}, '[]'))::text
from (select distinct on (source, table_name) *, coalesce(manifest::jsonb -> 'files', '[]') as files from audit.pulls order by source, table_name, run_no desc) as p
join audit.runs as r on r.run_id = 'planted'`,
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash)
select run_id, run_no, source, table_name, true, '[]', 0, 0, 0, 0, '' from audit.pulls where run_id = 'planted'`,
  ];
}
