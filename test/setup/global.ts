import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { exampleSources } from '../../bin/example-sources.ts';
import { prepareDatabases } from '../../bin/prepare-databases.ts';
import { findTemporal } from '../../embedded/find-temporal.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { startTemporal } from '../../embedded/temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers;
  }
}

/** The servers that all test files share; each file works in databases and a Temporal namespace of its own. */
export interface Servers {
  readonly postgres: { readonly host: string; readonly port: number; readonly user: string; readonly password: string };
  /** URLs whose database name a test replaces by its own. */
  readonly warehouseUrl: string;
  readonly erpUrl: string;
  readonly temporalAddress: string;
  /** Path of the Temporal command line. */
  readonly temporalProgram: string;
  /** Folder that keeps what is made once, such as the workflow bundle. */
  readonly cache: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'tickmark-test-'));
  // Postgres runs as another user when the tests run as root.
  await chmod(home, 0o755);
  const say = (line: string): void => console.log(line);
  const temporalProgram = await findTemporal({ home: join(ROOT, '.tickmark'), env: process.env, say });
  const postgres = await startPostgres({ home, durability: 'none', say });
  const temporal = await startTemporal({
    home,
    ui: false,
    env: { ...process.env, TEMPORAL_CLI_PATH: temporalProgram },
    say,
  });
  const stop = async (): Promise<void> => {
    await temporal.stop();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const databases = await prepareDatabases(postgres, { home, sources: exampleSources(ROOT), say });
    const { host, port, user, password } = postgres;
    project.provide('servers', {
      postgres: { host, port, user, password },
      warehouseUrl: databases.warehouseUrl,
      erpUrl: databases.sourceUrls['ERP_URL'] as string,
      temporalAddress: temporal.address,
      temporalProgram,
      cache: join(home, 'cache'),
    });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
