import type { BuildStatus } from '../contracts/build.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Delta } from '../warehouse/delta.ts';
import { liveSchema } from '../warehouse/model-schema.ts';
import { relation } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { Build } from './build-model.ts';

const COLUMNS = {
  model: 'model',
  resource: 'resource',
  vertical: 'vertical',
  layer: 'layer',
  materialized: 'materialized',
  published: 'published',
  live_name: 'liveName',
  status: 'status',
  reason: 'reason',
  row_count: 'rows',
  affected_rows: 'affected',
  content_hash: 'contentHash',
  depends_on: 'dependsOn',
  sql: 'sql',
  sql_hash: 'sqlHash',
  template_hash: 'templateHash',
  file: 'file',
  duration_ms: 'durationMs',
  definition_hash: 'definitionHash',
  inputs_hash: 'inputsHash',
  fingerprint: 'fingerprint',
  inputs: 'inputs',
  hidden_inputs: 'hiddenInputs',
  store_table: 'storeTable',
  built_run_id: 'builtRunId',
  delta: 'delta',
  error: 'error',
} as const satisfies Record<string, keyof Build>;

/** Keeps what was done with models, all of them in one statement, and the slices that were built of them. */
export async function recordBuilds(run: RunRef, builds: readonly Build[], session: Session): Promise<void> {
  const rows = builds.map((build) => {
    const record = Object.entries(COLUMNS).map(([column, field]) => [column, textOf(build[field])] as const);
    return { run_id: run.runId, ...Object.fromEntries(record) };
  });
  const names = ['run_id', ...Object.keys(COLUMNS)].join(', ');
  await session.execute(
    `insert into audit.builds (${names}) select ${names} from jsonb_populate_recordset(null::audit.builds, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
  const slices = builds.flatMap((build) =>
    build.slices.map(({ from, to, rows: count }) => ({
      run_id: run.runId,
      run_no: run.runNo,
      vertical: run.vertical,
      model: build.model,
      slice_from: from,
      slice_to: to,
      definition_hash: build.definitionHash,
      row_count: count.toString(),
    })),
  );
  if (slices.length === 0) return;
  await session.execute(
    `insert into audit.model_intervals (run_id, run_no, vertical, model, slice_from, slice_to, definition_hash, row_count)
     select run_id, run_no, vertical, model, slice_from, slice_to, definition_hash, row_count
     from jsonb_populate_recordset(null::audit.model_intervals, $1::jsonb)`,
    [JSON.stringify(slices)],
  );
}

/** What a run did with these models; all of its models when none are named. */
export async function readBuilds(
  runId: string,
  models: readonly string[] | null,
  session: Session,
): Promise<readonly Build[]> {
  const rows = await session.query(
    `select * from audit.builds where run_id = $1 and ($2::jsonb is null or model in (select jsonb_array_elements_text($2::jsonb)))`,
    [runId, models === null ? null : JSON.stringify(models)],
  );
  return rows.map(buildOf);
}

function buildOf(row: Readonly<Record<string, string | null>>): Build {
  const text = (name: string): string => row[name] ?? '';
  const layer = row['layer'] === 'staging' ? 'staging' : 'marts';
  const liveName = row['live_name'] ?? text('model');
  return {
    model: text('model'),
    resource: text('resource'),
    vertical: text('vertical'),
    layer: text('layer'),
    materialized: text('materialized'),
    published: row['published'] === 't',
    liveName,
    status: text('status') as BuildStatus,
    reason: text('reason'),
    rows: row['row_count'] ?? null,
    affected: row['affected_rows'] ?? null,
    contentHash: row['content_hash'] ?? null,
    dependsOn: text('depends_on'),
    sql: text('sql'),
    sqlHash: text('sql_hash'),
    templateHash: text('template_hash'),
    file: text('file'),
    durationMs: Number(row['duration_ms'] ?? 0),
    definitionHash: text('definition_hash'),
    inputsHash: row['inputs_hash'] ?? null,
    fingerprint: text('fingerprint'),
    inputs: text('inputs'),
    hiddenInputs: text('hidden_inputs'),
    storeTable: row['store_table'] ?? null,
    builtRunId: text('built_run_id'),
    delta: row['delta'] ? (JSON.parse(row['delta']) as Delta) : null,
    error: row['error'] ? (JSON.parse(row['error']) as Build['error']) : null,
    relation: relation(liveSchema({ vertical: text('vertical'), layer }), liveName),
    slices: [],
  };
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
