import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';
import type { Download } from './temporal-wheel.ts';

/**
 * Has the Temporal SDK download the CLI it recommends, and keeps it in the cache; needs the open internet.
 *
 * The SDK can only download by starting a server, and that server writes to our standard output: hence a child.
 */
export async function downloadTemporalWithSdk(options: {
  cache: string;
  program: string;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<Download> {
  const { cache, env } = options;
  const scratch = join(cache, `download-${randomBytes(4).toString('hex')}`);
  await mkdir(scratch, { recursive: true });
  try {
    const script = fileURLToPath(new URL('./sdk-download-script.ts', import.meta.url));
    const result = await runProgram({ command: process.execPath, args: [script, scratch], cwd: scratch, env });
    const name = (await readdir(scratch)).find((file) => file.startsWith('temporal'));
    if (result.code !== 0 || name === undefined)
      return { failure: `the Temporal SDK's download: ${reason(result.output)}` };
    await rename(join(scratch, name), join(cache, options.program));
    return { program: join(cache, options.program) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function reason(output: string): string {
  const lines = output.split('\n');
  return lines.find((line) => line.includes('Error: '))?.trim() ?? lines.at(-1) ?? '';
}
