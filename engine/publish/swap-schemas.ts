import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { buildSchemas, liveSchema } from '../warehouse/model-schema.ts';
import { refuseForeign } from '../warehouse/refuse-foreign.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { FIGURE_VIEWS } from './figure-views.ts';

/** Marks a schema that a swap took out of service; `drop-retired` removes it once no reader is in it. */
export const RETIRED = '__retired_';

/**
 * Renames a run's build schemas to the live ones and rebuilds `published` as views over every vertical's live models, in the
 * caller's transaction. A rename takes no lock on a table, so it waits for no reader and makes none wait; a statement that is
 * running keeps the version it started on.
 */
export async function swapSchemas(
  input: { readonly run: RunRef; readonly readers: readonly string[] },
  session: Session,
): Promise<void> {
  const { run, readers } = input;
  await refuseForeign(run.vertical, session);
  const [buildStaging, buildMarts] = buildSchemas(run.vertical, run.runNo);
  await replace(liveSchema({ vertical: run.vertical, layer: 'staging' }), buildStaging, run.runNo, session);
  await replace(liveSchema({ vertical: run.vertical, layer: 'marts' }), buildMarts, run.runNo, session);

  const next = `published__r${run.runNo}`;
  await session.execute(`create schema ${identifier(next)}`);
  for (const { model, schema, name } of await publishedModels(run, session)) {
    await session.execute(`create view ${relation(next, model)} as select * from ${relation(schema, name)}`);
  }
  for (const [name, sql] of Object.entries(FIGURE_VIEWS)) {
    await session.execute(`create view ${relation(next, name)} as\n${sql}`);
  }
  for (const reader of readers) {
    const [role] = await session.query('select 1 as one from pg_roles where rolname = $1', [reader]);
    if (!role) throw new EngineError('PUBLISH_READER_MISSING', `the warehouse has no role ${reader}`);
    await session.execute(`grant usage on schema ${identifier(next)} to ${identifier(reader)}`);
    await session.execute(`grant select on all tables in schema ${identifier(next)} to ${identifier(reader)}`);
  }
  await replace('published', next, run.runNo, session);
}

async function replace(live: string, next: string, runNo: string, session: Session): Promise<void> {
  const [standing] = await session.query('select 1 as one from pg_namespace where nspname = $1', [live]);
  if (standing)
    await session.execute(`alter schema ${identifier(live)} rename to ${identifier(`${live}${RETIRED}${runNo}`)}`);
  await session.execute(`alter schema ${identifier(next)} rename to ${identifier(live)}`);
}

/** The published models of every vertical: of this one as just built, of the others as they stand. */
async function publishedModels(
  run: RunRef,
  session: Session,
): Promise<{ model: string; schema: string; name: string }[]> {
  const rows = await session.query(
    `select b.model, coalesce(b.live_name, b.model) as live_name, b.vertical, b.layer from audit.builds b
     where b.published and (
       b.run_id = ${literal(run.runId)}
       or b.run_id in (select run_id from audit.current_publication where vertical <> ${literal(run.vertical)})
     ) order by b.model`,
  );
  return rows.map((row) => ({
    model: row['model'] as string,
    name: row['live_name'] as string,
    schema: liveSchema({
      vertical: row['vertical'] as string,
      layer: row['layer'] === 'staging' ? 'staging' : 'marts',
    }),
  }));
}
