import type { CompiledProject } from '../compile/compile-project.ts';
import type { BuildCheck, BuildOutcome, BuiltModel, UnitTestOutcome } from '../contracts/build.ts';
import type { Project } from '../contracts/project.ts';
import { metadata } from './manifest.ts';
import type { Invocation } from './manifest.ts';
import { uniqueIds } from './unique-ids.ts';
import type { UniqueIds } from './unique-ids.ts';

type Json = Record<string, unknown>;

/** What was asked for, as far as `retry` needs it again: `which` is the command's name. */
export type InvocationArgs = Readonly<Record<string, unknown>> & { readonly which: string };

/** `run_results.json` as dbt 1.11 writes it (v6). Models that were not selected are left out, as dbt does. */
export function runResults(
  project: Project,
  compiled: CompiledProject,
  outcomes: readonly BuildOutcome[],
  invocation: Invocation & { readonly args: InvocationArgs },
): Json {
  const ids = uniqueIds(project);
  const materialized = new Map(compiled.models.map((model) => [model.name, model.materialized]));
  const results = outcomes.flatMap(({ models, checks, unitTests }) => [
    ...unitTests.map((test) => unitTestResult(test, ids)),
    ...models
      .filter(({ status }) => status !== 'carried')
      .map((built) => modelResult(built, materialized.get(built.model) === 'ephemeral', ids)),
    ...checks.map((check) => checkResult(check, ids)),
  ]);
  return {
    metadata: metadata('run-results/v6', invocation),
    results: results.filter(({ unique_id: id }) => id !== undefined),
    elapsed_time: invocation.elapsedMs / 1000,
    args: { invocation_command: `tickmark ${invocation.args.which}`, vars: {}, ...invocation.args },
  };
}

function modelResult(built: BuiltModel, ephemeral: boolean, ids: UniqueIds): Json {
  const { status, affected, error, reason } = built;
  const written = affected === null ? undefined : Number(affected);
  const verb = built.resource === 'seed' ? 'INSERT' : built.materialized === 'view' ? 'CREATE VIEW' : 'SELECT';
  const message = written === undefined ? verb : `${verb} ${affected}`;
  return {
    ...result(ids.relation(built.model), status, built.durationMs),
    message: error === null ? (status === 'success' ? message : reason) : error.message,
    adapter_response:
      status === 'success'
        ? { _message: message, code: verb, ...(Number.isSafeInteger(written) ? { rows_affected: written } : {}) }
        : {},
    compiled: built.resource !== 'seed' && built.sql !== '',
    compiled_code: built.resource === 'seed' || built.sql === '' ? null : built.sql,
    relation_name: ephemeral ? null : built.relation,
  };
}

/** A check without data proves nothing, so it fails here too; dbt has no word of its own for it, and none for a waived failure, which is a warning. */
function checkResult(
  { id, status, failures, population, message, durationMs, reusedFrom, waiver }: BuildCheck,
  ids: UniqueIds,
): Json {
  const reused = reusedFrom === null ? null : `as run ${reusedFrom} found: nothing that it reads has changed`;
  const waived = !waiver ? null : `${status}, waived until ${waiver.expires}: ${waiver.reason}`;
  const nothing = `no data: it looked at ${population} rows`;
  return {
    ...result(ids.check(id), waiver ? 'warn' : status === 'no_data' ? 'fail' : status, durationMs),
    message: waived ?? message ?? (status === 'no_data' ? nothing : reused),
    failures: status === 'error' || status === 'skipped' ? null : Number(failures),
    adapter_response: {},
    compiled: true,
    compiled_code: null,
    relation_name: null,
  };
}

function unitTestResult({ name, status, message, durationMs }: UnitTestOutcome, ids: UniqueIds): Json {
  return {
    ...result(ids.unitTest(name), status, durationMs),
    // The message shows rows; those are the test author's own, but an artifact holds none.
    message: status === 'pass' ? null : (message?.split('\n')[0] ?? null),
    failures: status === 'fail' ? 1 : status === 'pass' ? 0 : null,
    adapter_response: {},
    compiled: true,
    compiled_code: null,
    relation_name: null,
  };
}

function result(id: string | undefined, status: string, durationMs: number): Json {
  return {
    unique_id: id,
    status,
    timing: [],
    thread_id: 'main',
    execution_time: durationMs / 1000,
    failures: null,
    batch_results: null,
  };
}
