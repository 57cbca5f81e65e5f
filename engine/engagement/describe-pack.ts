import type { CompiledModel } from '../contracts/model.ts';
import { sha256 } from '../evidence/sha256.ts';
import { findPulls } from '../warehouse/find-pulls.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { ExportEngagementInput } from './export-input.ts';

/** The pack's manifest: what was asked for, from which pulls, by which SQL, and what came out. */
export async function describePack(
  input: ExportEngagementInput & {
    readonly models: readonly CompiledModel[];
    readonly files: readonly { file: string; rows: string; sha256: string }[];
  },
  session: Session,
) {
  const { run, engagement, vars, models, files, compiled } = input;
  const [about] = await session.query(
    `select project, project_hash, tool_version, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_at
     from audit.runs where run_id = $1`,
    [run.runId],
  );
  const tieOuts = await session.query('select source, table_name, tied, lines from audit.tie_outs where run_id = $1', [
    run.runId,
  ]);
  const pulls = await findPulls(session, run.runId);
  const [head] = await session.query('select entry_no, hash from audit.ledger order by entry_no desc limit 1');
  const needed = compiled.live.models.filter(
    ({ vertical, layer }) => vertical === run.vertical && layer !== 'engagement',
  );
  const describeModel = ({ name }: CompiledModel) => {
    const { file, templateHash, sql } = compiled.live.model(name);
    return { name, file, templateHash, sqlHash: sha256(sql), sql };
  };
  return {
    engagement,
    vertical: run.vertical,
    run: { id: run.runId, number: run.runNo, startedAt: about?.['started_at'] },
    project: { name: about?.['project'], hash: about?.['project_hash'] },
    toolVersion: about?.['tool_version'],
    variables: vars,
    timeZone: 'UTC',
    files,
    extractions: pulls.map(({ manifest }) => ({
      ...manifest,
      tieOut: JSON.parse(
        tieOuts.find((row) => row['source'] === manifest.source && row['table_name'] === manifest.table)?.['lines'] ??
          '[]',
      ) as unknown,
    })),
    exported: models.map(describeModel),
    models: needed.map(describeModel),
    ledgerHead: { entry: head?.['entry_no'], hash: head?.['hash'] },
  };
}
