import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { stateNodes } from './state-nodes.ts';
import type { StateNode } from './state-nodes.ts';

export type { StateNode };

/** One result of an earlier run_results.json; `status` in dbt's words. */
export interface StateResult {
  readonly uniqueId: string;
  readonly status: string;
}

/** What an earlier invocation left in its target folder. */
export interface State {
  /** By unique id. Sources, exposures and unit tests are nodes too. */
  readonly nodes: ReadonlyMap<string, StateNode>;
  /** By unique id; empty when the folder has no run_results.json. */
  readonly results: ReadonlyMap<string, StateResult>;
  readonly invocationId: string | null;
  /** `args` of the run, as written there; empty when unknown. */
  readonly args: Readonly<Record<string, unknown>>;
}

const Versioned = z.looseObject({ metadata: z.looseObject({ dbt_schema_version: z.string() }) });
const Results = z.looseObject({
  metadata: z.looseObject({ invocation_id: z.string().nullish() }),
  results: z.array(z.looseObject({ unique_id: z.string(), status: z.string() })),
  args: z.record(z.string(), z.unknown()).default({}),
});

/** Reads `manifest.json` and, when there is one, `run_results.json` of a folder, ours or dbt's; throws STATE_INVALID. */
export function readState(directory: string): State {
  const path = join(directory, 'manifest.json');
  if (!existsSync(path)) {
    throw new EngineError('STATE_INVALID', `there is no manifest.json in ${directory}`);
  }
  const nodes = stateNodes(readArtifact(path, 'manifest', 12), path);
  const resultsPath = join(directory, 'run_results.json');
  if (!existsSync(resultsPath)) return { nodes, results: new Map(), invocationId: null, args: {} };
  const read = Results.safeParse(readArtifact(resultsPath, 'run-results', 6));
  if (!read.success) throw unfit(resultsPath, read.error);
  const { results, metadata, args } = read.data;
  return {
    nodes,
    results: new Map(results.map(({ unique_id: uniqueId, status }) => [uniqueId, { uniqueId, status }])),
    invocationId: metadata.invocation_id ?? null,
    args,
  };
}

function readArtifact(path: string, name: string, newest: number): unknown {
  const found: unknown = parse(path);
  const versioned = Versioned.safeParse(found);
  if (!versioned.success) throw unfit(path, versioned.error);
  const schema = versioned.data.metadata.dbt_schema_version;
  const [, kind, version = '0'] = /\/dbt\/([a-z-]+)\/v(\d+)\.json$/.exec(schema) ?? [];
  if (kind !== name)
    throw new EngineError('STATE_INVALID', `${path} is not a ${name} artifact: its schema is ${schema}`);
  if (Number(version) > newest) {
    throw new EngineError('STATE_INVALID', `${path} is version ${version} of ${name}; up to ${newest} are understood`);
  }
  return found;
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new EngineError('STATE_INVALID', `${path} is not JSON`);
    throw error;
  }
}

function unfit(path: string, error: z.ZodError): EngineError {
  const [issue] = error.issues;
  const at = issue?.path.join('.') ?? '';
  return new EngineError(
    'STATE_INVALID',
    `${path}: ${at === '' ? '' : `${at}: `}${issue?.message ?? 'not an artifact'}`,
  );
}
