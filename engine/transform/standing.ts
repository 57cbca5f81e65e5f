import { hash } from 'node:crypto';
import type { LandedState } from '../contracts/pull.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** A model as an earlier run built it. */
export interface StandingModel {
  readonly runId: string;
  readonly runNo: string;
  readonly model: string;
  readonly vertical: string;
  readonly layer: string;
  readonly liveName: string;
  readonly resource: string;
  readonly materialized: string;
  readonly rows: string | null;
  readonly contentHash: string | null;
  readonly dependsOn: string;
  readonly sql: string;
  readonly sqlHash: string;
  readonly templateHash: string;
  readonly file: string;
  readonly published: boolean;
  readonly definitionHash: string | null;
  readonly inputsHash: string | null;
  readonly fingerprint: string | null;
  readonly inputs: string;
  readonly hiddenInputs: readonly string[];
  readonly storeTable: string | null;
  readonly builtRunId: string | null;
  /** Whether its table, if it has one, and the live relation are there. */
  readonly isThere: boolean;
}

/** What a run finds. */
export interface Standing {
  /** Of the vertical: the run that is published. */
  readonly runId: string | null;
  /** The models of every vertical's published run, by name. */
  readonly models: ReadonlyMap<string, StandingModel>;
  /** Of the vertical: tables that a later run built and did not publish, by the hash of definition and inputs. */
  readonly unpublished: ReadonlyMap<string, StandingModel>;
  /** What stands of every landed table: the run that pulled it, and a hash of its rows and columns. */
  readonly landed: ReadonlyMap<string, { readonly runNo: string; readonly hash: string }>;
}

export async function findStanding(vertical: string, session: Session): Promise<Standing> {
  const published = await session.query(
    `${BUILDS} join audit.current_publication p using (run_id) where b.status in ('success', 'no-op', 'carried')`,
  );
  const models = new Map(published.map((row) => [row['model'] as string, standingModel(row)]));
  const [current] = await session.query('select run_id, run_no from audit.current_publication where vertical = $1', [
    vertical,
  ]);
  const later = await session.query(
    `${BUILDS} where b.vertical = $1 and r.run_no > $2 and b.status = 'success' and b.store_table is not null
       and b.delta is null and b.inputs_hash is not null and to_regclass(b.store_table) is not null
     order by r.run_no`,
    [vertical, current?.['run_no'] ?? '0'],
  );
  return {
    runId: current?.['run_id'] ?? null,
    models,
    unpublished: new Map(later.map((row) => [row['inputs_hash'] as string, standingModel(row)])),
    landed: await findLanded(session),
  };
}

const BUILDS = `
select b.*, r.run_no, (b.store_table is null or to_regclass(b.store_table) is not null)
  and to_regclass(format('%I.%I', case when b.layer = 'staging' then b.vertical || '_staging' else b.vertical end, coalesce(b.live_name, b.model))) is not null as is_there
from audit.builds b join audit.runs r using (run_id)`;

/** What these runs built. */
export async function findBuilds(runIds: readonly string[], session: Session): Promise<readonly StandingModel[]> {
  if (runIds.length === 0) return [];
  const rows = await session.query(`${BUILDS} where b.run_id in (select jsonb_array_elements_text($1::jsonb))`, [
    JSON.stringify([...new Set(runIds)]),
  ]);
  return rows.map(standingModel);
}

/** What stands of every landed table, by `source.table`. */
export async function findLanded(session: Session): Promise<Standing['landed']> {
  const rows = await session.query(
    `select distinct on (source, table_name) source || '.' || table_name as name, run_no, state
     from audit.tie_outs where tied order by source, table_name, run_no desc`,
  );
  return new Map(
    rows.map((row) => {
      const state = JSON.parse(row['state'] ?? 'null') as LandedState | null;
      // A table that landed before states were kept is told by its run.
      const said = state === null ? ['run', row['run_no']] : [state.rows, state.hash, state.columns];
      return [
        row['name'] as string,
        { runNo: row['run_no'] as string, hash: hash('sha256', JSON.stringify(said)) },
      ] as const;
    }),
  );
}

function standingModel(row: Readonly<Record<string, string | null>>): StandingModel {
  const text = (name: string): string => row[name] ?? '';
  return {
    runId: text('run_id'),
    runNo: text('run_no'),
    model: text('model'),
    vertical: text('vertical'),
    layer: text('layer'),
    liveName: row['live_name'] ?? text('model'),
    resource: text('resource'),
    materialized: text('materialized'),
    rows: row['row_count'] ?? null,
    contentHash: row['content_hash'] ?? null,
    dependsOn: text('depends_on'),
    sql: text('sql'),
    sqlHash: text('sql_hash'),
    templateHash: text('template_hash'),
    file: text('file'),
    published: row['published'] === 't',
    definitionHash: row['definition_hash'] ?? null,
    inputsHash: row['inputs_hash'] ?? null,
    fingerprint: row['fingerprint'] ?? null,
    inputs: text('inputs'),
    hiddenInputs: JSON.parse(row['hidden_inputs'] ?? '[]') as string[],
    storeTable: row['store_table'] ?? null,
    builtRunId: row['built_run_id'] ?? null,
    isThere: row['is_there'] === 't',
  };
}
