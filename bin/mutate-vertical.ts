import { randomUUID } from 'node:crypto';
import type { CliContext } from '../cli/context.ts';
import { compileProject } from '../engine/compile/compile-project.ts';
import { EngineError } from '../engine/errors.ts';
import { findRun } from '../engine/evidence/run-record.ts';
import { chooseFaults } from '../engine/mutate/choose-faults.ts';
import { mutate } from '../engine/mutate/mutate.ts';
import { recordMutations } from '../engine/mutate/record-mutations.ts';
import { liveSchema } from '../engine/warehouse/model-schema.ts';

type Mutate = CliContext['mutate'];

/** Tests the checks of a vertical on copies of what its published run left, with that run's variables and clock; keeps the score of a whole run. */
export async function mutateVertical(
  { project, request, env, onProgress, signal }: Parameters<Mutate>[0],
  deps: Parameters<Mutate>[1],
): ReturnType<Mutate> {
  const { vertical, tables, faults, perColumn, limit, seed, threads } = request;
  const chosen = chooseFaults(faults, project);
  const [published] = await deps.warehouse.query('select run_id from audit.current_publication where vertical = $1', [
    vertical,
  ]);
  if (!published) throw new EngineError('MUTATE_NOTHING_STANDS', `vertical ${vertical} has no published run`);
  const run = await findRun(published['run_id'] as string, deps.warehouse);
  const words = { vars: run.vars, env, runClock: run.runClock, invocationId: run.runId };
  const live = compileProject(project, { ...words, schemaOf: liveSchema, target: { name: 'warehouse' } });
  const report = await mutate(
    {
      project,
      vertical,
      run,
      words,
      live,
      faults: chosen,
      tables: tables && new Set(tables),
      perColumn,
      limit,
      seed,
      threads,
      onProgress,
      signal,
    },
    deps,
  );
  const isWhole = (tables ?? faults ?? limit) === undefined;
  if (!request.record || !isWhole) return report;
  return recordMutations({ id: randomUUID(), report, projectHash: project.hash }, deps);
}
