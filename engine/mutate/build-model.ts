import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';

/**
 * Builds a model on the copy as a table, whatever it is when live; an incremental one from nothing. Again, it is emptied and filled: what
 * the planner knows of it stays.
 */
export async function buildModel(
  model: CompiledModel,
  on: {
    readonly copy: string;
    readonly compiled: CompiledProject;
    readonly session: Session;
    readonly isNew: boolean;
  },
): Promise<void> {
  const { copy, compiled, session } = on;
  try {
    const sql = model.asksWarehouse
      ? (await compiled.renderModel(model.name, { ask: (question) => session.query(question) })).sql
      : model.sql;
    if (on.isNew) {
      await session.execute(`create unlogged table ${copy} as\n${sql}`);
      await session.execute(`analyze ${copy}`);
    } else {
      await session.execute(`truncate ${copy}`);
      await session.execute(`insert into ${copy}\n${sql}`);
    }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
    const reason = error.database?.reason ?? error.message;
    throw new EngineError('MUTATE_NOT_BUILT', `model ${model.name} cannot be built on the copy: ${reason}`, {
      place: { file: model.file },
    });
  }
}
