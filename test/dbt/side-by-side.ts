import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { inject } from 'vitest';
import pg from 'pg';
import { dbtVenv, runDbt } from '../servers/dbt.ts';
import type { DbtTarget } from '../servers/dbt.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import { differences } from './relation-rows.ts';

const PROJECTS = fileURLToPath(new URL('projects', import.meta.url));
const TICKMARK = fileURLToPath(new URL('../../bin/tickmark.ts', import.meta.url));
const SCHEMA = 'analytics';

/** What a tool said of one test. */
export interface Verdict {
  /** Its unique_id. */
  readonly test: string;
  readonly status: string;
  readonly failures: number;
}

/** One dbt project under both tools, each in a database of its own that began the same. */
export interface SideBySide {
  /** The project as it was brought over. */
  readonly root: string;
  /** Runs SQL in both databases: what happens in the source. */
  readonly both: (file: string) => Promise<void>;
  readonly dbt: (...args: string[]) => Promise<{ readonly code: number; readonly output: string }>;
  readonly tickmark: (
    ...args: string[]
  ) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  /** How the relations of models, seeds and snapshots differ; empty when they do not. */
  readonly compareRows: (volatile?: Readonly<Record<string, readonly string[]>>) => Promise<readonly string[]>;
  /** What each said of the tests in its last run. */
  readonly verdicts: () => Promise<{ readonly dbt: readonly Verdict[]; readonly tickmark: readonly Verdict[] }>;
  readonly stop: () => Promise<void>;
}

/** Brings a project of test/dbt/projects over and opens two databases for it; the setup.sql beside it makes its sources. */
export async function openSideBySide(project: string, env: Readonly<Record<string, string>> = {}): Promise<SideBySide> {
  const command = await dbtVenv();
  const work = await mkdtemp(join(tmpdir(), 'tickmark-dbt-'));
  const from = join(work, 'dbt');
  await cp(join(PROJECTS, project), from, { recursive: true });
  const warehouse = await createTestWarehouse();
  const owner = new pg.Client({
    connectionString: warehouse.url,
    types: { getTypeParser: () => (text: string) => text },
  });
  await owner.connect();
  const both = async (file: string): Promise<void> => {
    const sql = await readFile(join(from, file), 'utf8');
    await warehouse.source.query(sql);
    await owner.query(sql);
  };
  const stop = async (): Promise<void> => {
    await owner.end();
    await warehouse.stop();
    await rm(work, { recursive: true, force: true });
  };
  try {
    if (existsSync(join(from, 'setup.sql'))) await both('setup.sql');
    const { postgres } = inject('servers');
    const target: DbtTarget = { ...postgres, database: new URL(warehouse.sourceUrl).pathname.slice(1), schema: SCHEMA };
    const root = join(work, 'tickmark');
    const tickmark: SideBySide['tickmark'] = (...args) =>
      runTickmark(args, {
        ...process.env,
        ...env,
        NO_COLOR: '1',
        DATABASE_URL: warehouse.url,
        TICKMARK_EVIDENCE_KEY: 'cd'.repeat(32),
      });
    const made = await tickmark('init', '--from-dbt', from, '--out', root);
    if (made.code !== 0) throw new Error(`tickmark init --from-dbt: ${made.stderr}`);
    const profile = /^profile:\s*['"]?([\w-]+)/m.exec(await readFile(join(from, 'dbt_project.yml'), 'utf8'))?.[1] ?? '';
    return {
      root,
      both,
      dbt: (...args) => runDbt(command, { project: from, profile, args, target, work: join(work, 'dbt-work'), env }),
      tickmark: (name, ...args) => tickmark(name as string, ...args, '--project-dir', root),
      compareRows: async (volatile = {}) => {
        const theirs = await relationsOf(join(work, 'dbt-work', 'target', 'manifest.json'));
        const ours = await relationsOf(join(root, 'target', 'manifest.json'));
        const said: string[] = [];
        for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
          const sidesOf = {
            dbt: { client: warehouse.source, relation: theirs.get(name) },
            tickmark: { client: owner, relation: ours.get(name) },
          };
          said.push(...(await differences(name, sidesOf, volatile[name])));
        }
        return said;
      },
      verdicts: async () => ({
        dbt: await verdictsOf(join(work, 'dbt-work', 'target', 'run_results.json')),
        tickmark: await verdictsOf(join(root, 'target', 'run_results.json')),
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Manifest {
  readonly nodes: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly resource_type: string;
        readonly relation_name: string | null;
        readonly config: { readonly materialized: string };
      }
    >
  >;
}

async function relationsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const { nodes } = JSON.parse(await readFile(path, 'utf8')) as Manifest;
  return new Map(
    Object.values(nodes)
      .filter(
        ({ resource_type, config }) =>
          ['model', 'seed', 'snapshot'].includes(resource_type) && config.materialized !== 'ephemeral',
      )
      // The database is left out: each client is in the right one.
      .map(({ name, relation_name }) => [name, (relation_name ?? '').split('.').slice(-2).join('.')]),
  );
}

async function verdictsOf(path: string): Promise<readonly Verdict[]> {
  const { results } = JSON.parse(await readFile(path, 'utf8')) as {
    readonly results: readonly {
      readonly unique_id: string;
      readonly status: string;
      readonly failures: number | null;
    }[];
  };
  return results
    .filter(({ unique_id }) => unique_id.startsWith('test.'))
    .map(({ unique_id, status, failures }) => ({ test: unique_id, status, failures: failures ?? 0 }))
    .sort((a, b) => (a.test < b.test ? -1 : 1));
}

function runTickmark(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, cwd: tmpdir() };
    const child = execFile(process.execPath, [TICKMARK, ...args], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
