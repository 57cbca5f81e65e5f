import { findUnpinned } from '../engine/compile/find-unpinned.ts';
import type { CompiledModel } from '../engine/contracts/model.ts';

/** Where compiled SQL gives another value whenever it is run: such a model is built every time, and no run of it can be repeated. */
export function lintModels(models: readonly Pick<CompiledModel, 'name' | 'file' | 'sql'>[]): string[] {
  return models.flatMap(({ name, file, sql }) =>
    findUnpinned(sql).map(
      ({ text, line, column }) =>
        `${file}: ${name} is not pinned: ${text} at line ${line}, column ${column} of its compiled SQL; {{ run_started_at }} is the same for the whole run`,
    ),
  );
}
