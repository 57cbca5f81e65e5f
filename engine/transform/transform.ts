import type { RunCompilation } from '../compile/compile-run.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { hashRelation } from '../evidence/hash-relation.ts';
import { once } from '../evidence/ledger.ts';
import { sha256 } from '../evidence/sha256.ts';
import { identifier, relation } from '../sql-text.ts';
import { buildSchema, buildSchemas } from '../warehouse/model-schema.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';

/** One model as a run built it. */
export interface Build {
  readonly model: string;
  readonly layer: string;
  readonly materialized: string;
  readonly rows: string;
  /** Of a table; a view has none of its own. */
  readonly contentHash: string | null;
  /** The models and landed tables it refers to, as JSON text. */
  readonly dependsOn: string;
  readonly sqlHash: string;
  readonly templateHash: string;
}

/**
 * Builds a vertical's staging and mart models in schemas beside the live ones: all of them or, when one fails, none. Safe to
 * repeat: it is recorded once per run.
 */
export async function transform(
  input: { readonly run: RunRef; readonly compiled: RunCompilation },
  deps: { readonly warehouse: Warehouse },
): Promise<readonly Build[]> {
  const { run, compiled } = input;
  const models = compiled.beside.models.filter(
    ({ vertical, layer }) => vertical === run.vertical && layer !== 'engagement',
  );
  const key = `${run.runId}/transform`;
  return once(deps.warehouse, { key, kind: 'transform', runId: run.runId, subject: run.vertical }, async (session) => {
    await refuseMovedInputs(run, models, session);
    for (const schema of buildSchemas(run.vertical, run.runNo))
      await session.execute(`create schema ${identifier(schema)}`);
    const builds: Build[] = [];
    for (const model of models) builds.push(await build(model, compiled.live.model(model.name).sql, run, session));
    return builds;
  });
}

async function build(model: CompiledModel, liveSql: string, run: RunRef, session: Session): Promise<Build> {
  const target = relation(buildSchema(model, run.runNo), model.name);
  const prefix = `create ${model.materialized} ${target} as\n`;
  try {
    await session.execute(prefix + model.sql);
    if (model.materialized === 'table') await session.execute(`analyze ${target}`);
  } catch (error) {
    throw modelFailed(model, prefix.length, error);
  }
  const { rows, hash } =
    model.materialized === 'table'
      ? await hashRelation(session, `select * from ${target}`)
      : { rows: await countRows(target, session), hash: null };
  const built: Build = {
    model: model.name,
    layer: model.layer,
    materialized: model.materialized,
    rows: rows.toString(),
    contentHash: hash,
    dependsOn: JSON.stringify(model.dependsOn),
    sqlHash: sha256(liveSql),
    templateHash: model.templateHash,
  };
  await session.execute(
    `insert into audit.builds (run_id, model, vertical, layer, materialized, published, row_count, content_hash, depends_on, sql, sql_hash, template_hash, file)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      run.runId,
      model.name,
      model.vertical,
      model.layer,
      model.materialized,
      String(model.published),
      built.rows,
      hash,
      built.dependsOn,
      liveSql,
      built.sqlHash,
      model.templateHash,
      model.file,
    ],
  );
  return built;
}

async function countRows(target: string, session: Session): Promise<bigint> {
  const [row] = await session.query(`select count(*)::text as row_count from ${target}`);
  return BigInt(row?.['row_count'] ?? '0');
}

/** Models read the landed tables as they stand: they must stand as this run put them. */
async function refuseMovedInputs(run: RunRef, models: readonly CompiledModel[], session: Session): Promise<void> {
  const sources = [
    ...new Set(models.flatMap(({ dependsOn }) => dependsOn.sources.map((name) => name.split('.')[0] as string))),
  ];
  const moved = await session.query(
    `select distinct source from audit.tie_outs
     where tied and run_no > $1 and source = any (string_to_array($2, ','))`,
    [run.runNo, sources.join(',')],
  );
  if (moved.length > 0) {
    throw new EngineError(
      'TRANSFORM_INPUT_MOVED',
      `a newer pull stands of ${moved.map((row) => row['source']).join(', ')}`,
    );
  }
}

function modelFailed(model: CompiledModel, prefixLength: number, error: unknown): unknown {
  if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') return error;
  const position = (error.database?.position ?? 0) - prefixLength;
  const line =
    position > 0 ? `, at line ${model.sql.slice(0, position - 1).split('\n').length} of its compiled SQL` : '';
  const reason = error.database?.reason ?? error.message;
  return new EngineError('TRANSFORM_MODEL_FAILED', `model ${model.name}${line}: ${reason}`, {
    place: { file: model.file },
  });
}
