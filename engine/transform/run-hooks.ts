import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { CONFIG_FILE } from '../config/read-config.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { splitStatements } from './split-statements.ts';

/** Runs the statements that a model wants before or after it is built, in its transaction. `self` is what `this` is: its table. */
export async function runHooks(
  model: CompiledModel,
  when: 'pre_hook' | 'post_hook',
  around: {
    readonly self: string;
    /** The relation when it is live. */
    readonly live: string;
    readonly compiled: CompiledProject;
    readonly session: Session;
  },
): Promise<void> {
  const { self, compiled, session } = around;
  for (const { sql: template } of model.config[when] ?? []) {
    const place = { file: model.file };
    const ask = (query: string): ReturnType<Session['query']> => session.query(query);
    const rendered = await compiled.renderAround(template, place, { self, ask, around: model.name });
    // A hook that was written without quotes was rendered when the model was: there `this` is what will be live.
    const sql = rendered.sql.replaceAll(around.live, self);
    await executeAll(sql, session).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
      const reason = error.database?.reason ?? error.message;
      throw new EngineError('TRANSFORM_MODEL_FAILED', `model ${model.name}: ${when}: ${reason}`, { place });
    });
  }
}

/** Runs the statements that the project wants at the start or the end of every run, in the caller's transaction. */
export async function runProjectHooks(
  hooks: readonly string[],
  when: 'on_run_start' | 'on_run_end',
  around: { readonly compiled: CompiledProject; readonly session: Session },
): Promise<void> {
  const { compiled, session } = around;
  for (const [index, template] of hooks.entries()) {
    const place = { file: CONFIG_FILE };
    const { sql } = await compiled.renderAround(template, place, { ask: (query) => session.query(query) });
    await executeAll(sql, session).catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
      const reason = error.database?.reason ?? error.message;
      throw new EngineError('TRANSFORM_HOOK_FAILED', `${when}, statement ${index + 1}: ${reason}`, { place });
    });
  }
}

async function executeAll(sql: string, session: Session): Promise<void> {
  for (const statement of splitStatements(sql)) await session.execute(statement);
}
