import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World, WorldOptions } from '../cli/context.ts';
import { EngineError } from '../engine/errors.ts';
import { keepEvidenceKey } from './keep-evidence-key.ts';

/**
 * Opens the servers that a command needs: those that DATABASE_URL and TEMPORAL_ADDRESS name, else the project's own under
 * `.tickmark/`, which are started, or joined when another command of this project already runs them.
 */
export async function openWorld(
  options: WorldOptions,
  deps: { readonly env: Readonly<Record<string, string | undefined>>; readonly say: (line: string) => void },
): Promise<World> {
  const { root } = options;
  const { say } = deps;
  const home = join(root, '.tickmark');
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const env: Record<string, string | undefined> = { ...deps.env, ...options.extraEnv };
    env['TICKMARK_EVIDENCE_KEY'] ||= keepEvidenceKey(home);
    const embedded = !env['DATABASE_URL'];
    if (embedded) {
      await mkdir(home, { recursive: true });
      // Loaded only where they are needed: a command against servers of the user's own does not wait for them.
      const { startPostgres } = await import('../embedded/postgres.ts');
      const { prepareDatabases } = await import('./prepare-databases.ts');
      const { exampleSources } = await import('./example-sources.ts');
      const postgres = await timed('Postgres', say, () => startPostgres({ home, durability: 'safe', say }));
      stops.push(postgres.stop);
      const databases = await prepareDatabases(postgres, { home, sources: exampleSources(root), say });
      env['DATABASE_URL'] = databases.warehouseUrl;
      for (const [name, url] of Object.entries(databases.sourceUrls)) env[name] ??= url;
      const urlFile = join(home, 'warehouse-url');
      await writeFile(urlFile, databases.warehouseUrl, { mode: 0o600 });
      await chmod(urlFile, 0o600);
    }
    return {
      root,
      env,
      warehouseUrl: env['DATABASE_URL'] as string,
      warehouse: embedded ? 'embedded' : 'configured',
      temporal: options.temporal ? await openTemporal(options, { env, home, say, stops }) : null,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openTemporal(
  options: WorldOptions,
  deps: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly home: string;
    readonly say: (line: string) => void;
    readonly stops: (() => Promise<void>)[];
  },
): Promise<World['temporal']> {
  const { env, home, say, stops } = deps;
  const configured = env['TEMPORAL_ADDRESS'];
  const namespace = env['TEMPORAL_NAMESPACE'] || 'default';
  if (configured) {
    const target = { address: configured, namespace };
    const { withTemporal } = await import('../cli/with-temporal.ts');
    // Said here and now, rather than by a worker that dies of it.
    await withTemporal(target, () => Promise.resolve());
    return { ...target, uiUrl: null, kind: 'configured' };
  }
  await mkdir(home, { recursive: true });
  const { startTemporal } = await import('../embedded/temporal.ts');
  const temporal = await timed('Temporal', say, () => startTemporal({ home, ui: options.ui ?? false, env, say }));
  stops.push(temporal.stop);
  return { address: temporal.address, namespace: 'default', uiUrl: temporal.uiUrl, kind: 'embedded' };
}

async function timed<T extends { readonly started: boolean }>(
  name: string,
  say: (line: string) => void,
  start: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const server = await start().catch((error: unknown) => {
    throw new EngineError('EMBEDDED_FAILED', error instanceof Error ? error.message : String(error));
  });
  const what = server.started ? 'started' : 'joined, it is already running';
  say(`  ${name} ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return server;
}
