import type { DeclaredSource, Project } from '../contracts/project.ts';
import { metadata } from './manifest.ts';
import type { Invocation } from './manifest.ts';
import { uniqueIds } from './unique-ids.ts';

type Json = Record<string, unknown>;

/** What `source freshness` found out about one table. */
export interface FreshnessFound {
  readonly source: string;
  readonly table: string;
  readonly status: 'pass' | 'warn' | 'error' | 'runtime error' | 'no_data';
  readonly maxLoadedAt: string | null;
  readonly snapshottedAt: string | null;
  readonly ageSeconds: string | null;
  readonly message: string | null;
  readonly durationMs: number;
}

/**
 * `sources.json` as dbt 1.11 writes it (v3). Without any row dbt takes a table for loaded at the beginning of time: our `no_data`
 * is its `error` then.
 */
export function sourcesArtifact(project: Project, found: readonly FreshnessFound[], invocation: Invocation): Json {
  const ids = uniqueIds(project);
  const declared = new Map(project.sources.map((each) => [`${each.source}.${each.name}`, each]));
  return {
    metadata: metadata('sources/v3', invocation),
    results: found.map((each) => {
      const name = `${each.source}.${each.table}`;
      return resultOf(each, ids.relation(name) ?? name, declared.get(name));
    }),
    elapsed_time: invocation.elapsedMs / 1000,
  };
}

function resultOf(found: FreshnessFound, id: string, table: DeclaredSource | undefined): Json {
  if (found.status === 'runtime error') return { unique_id: id, error: found.message, status: found.status };
  const seen = found.snapshottedAt ?? BEGINNING;
  const loaded = found.maxLoadedAt ?? BEGINNING;
  return {
    unique_id: id,
    max_loaded_at: loaded,
    snapshotted_at: seen,
    max_loaded_at_time_ago_in_s: Number(found.ageSeconds ?? (Date.parse(seen) - Date.parse(loaded)) / 1000),
    status: found.status === 'no_data' ? 'error' : found.status,
    criteria: {
      warn_after: table?.freshness?.warn_after ?? { count: null, period: null },
      error_after: table?.freshness?.error_after ?? { count: null, period: null },
      filter: table?.freshness?.filter ?? null,
    },
    adapter_response: {},
    timing: [],
    thread_id: 'main',
    execution_time: found.durationMs / 1000,
  };
}

const BEGINNING = '0001-01-01T00:00:00Z';
