import { literal } from '../sql-text.ts';

/**
 * The files that a landed table's standing rows were read from, as a query of name, bytes, rows and sha256: those of its last pull that
 * spoke of every row and tied out, and of each that tied out after it. A manifest of before each file was kept tells of one file only.
 */
export function pulledFiles(source: string, table: string): string {
  return `select distinct on (file ->> 'name') file ->> 'name' as name, (file ->> 'bytes')::numeric as bytes, (file ->> 'rows')::numeric as rows, file ->> 'sha256' as sha256
  from (
    select p.run_no, p.manifest::jsonb as manifest, max(case when p.manifest::jsonb ->> 'window' is null then p.run_no end) over () as whole_no
    from audit.pulls as p
    join audit.tie_outs as o using (run_id, source, table_name)
    where o.tied and p.source = ${literal(source)} and p.table_name = ${literal(table)}
  ) as pulls
  cross join lateral jsonb_array_elements(
    case
      when manifest ? 'files' then manifest -> 'files'
      when manifest -> 'system' ? 'file' then jsonb_build_array((manifest -> 'system') || jsonb_build_object('name', manifest -> 'system' ->> 'file', 'rows', manifest ->> 'sourceRows'))
      else '[]'
    end
  ) as file
  where run_no >= coalesce(whole_no, 0)
  order by file ->> 'name', run_no desc`;
}
