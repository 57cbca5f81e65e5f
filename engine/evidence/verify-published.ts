import { relation } from '../sql-text.ts';
import { liveSchema } from '../warehouse/model-schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { hashRelation } from './hash-relation.ts';
import { parseList } from './parse-entry.ts';

export interface PublishedVerdict {
  readonly model: string;
  readonly vertical: string;
  readonly runNo: string;
  readonly intact: boolean;
  readonly fault: string | null;
}

/**
 * Reads the live tables of every vertical's published run again and compares each with the content hash that the ledger recorded
 * when it was built.
 */
export async function verifyPublished(
  warehouse: Warehouse,
  only?: readonly string[],
): Promise<readonly PublishedVerdict[]> {
  return warehouse.transaction(
    async (session) => {
      // Which run is published is the ledger's to say: the table beside it is not chained.
      const runs = await session.query(
        `select p.vertical, coalesce(r.run_no::text, '?') as run_no, t.body from (
           select distinct on (subject) subject as vertical, run_id from audit.ledger
           where kind = 'publish' and body like '%"decision":"published"%' order by subject, entry_no desc
         ) as p
         left join audit.runs r using (run_id)
         join audit.ledger t on t.entry_key = p.run_id || '/transform' order by p.vertical`,
      );
      const verdicts: PublishedVerdict[] = [];
      for (const run of runs) {
        const vertical = run['vertical'] as string;
        const builds = parseList<{
          model: string;
          layer: string;
          liveName?: string;
          contentHash: string | null;
        }>(run['body']);
        for (const { model, layer, liveName, contentHash: recorded } of builds) {
          if (recorded === null || (only && !only.includes(model))) continue;
          const table = relation(
            liveSchema({ vertical, layer: layer === 'staging' ? 'staging' : 'marts' }),
            liveName ?? model,
          );
          const [standing] = await session.query('select to_regclass($1)::text as name', [table]);
          const found = standing?.['name'] ? (await hashRelation(session, `select * from ${table}`)).hash : null;
          const fault =
            found === null
              ? 'the table is gone'
              : found === recorded
                ? null
                : 'its rows are not those that were built: the content hash differs';
          verdicts.push({ model, vertical, runNo: run['run_no'] as string, intact: fault === null, fault });
        }
      }
      return verdicts;
    },
    { readOnly: true },
  );
}
