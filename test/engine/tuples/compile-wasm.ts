import asc from 'assemblyscript/asc';
import { readFile } from 'node:fs/promises';

const SOURCE = new URL('../../../engine/tuples/wasm/tuples.as', import.meta.url);

/** Compiles engine/tuples/wasm/tuples.as; the same source gives the same bytes on every machine. */
export async function compileWasm(change: (source: string) => string = (source) => source): Promise<Buffer> {
  // The compiler takes only files that end in .ts; this one must not, or TypeScript's own tools would read it.
  const text = change(await readFile(SOURCE, 'utf8'));
  let compiled: Uint8Array | undefined;
  const { error } = await asc.main(
    [
      'tuples.ts',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--use',
      'abort=',
      '--maximumMemory',
      '16384',
      '--outFile',
      'tuples.wasm',
    ],
    {
      readFile: (name) => (name === 'tuples.ts' ? text : null),
      writeFile: (name, contents) => {
        if (name === 'tuples.wasm') compiled = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !compiled) throw new Error('tuples.as does not compile', { cause: error });
  return Buffer.from(compiled);
}
