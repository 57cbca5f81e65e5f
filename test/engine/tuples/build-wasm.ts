import { writeFile } from 'node:fs/promises';
import { compileWasm } from './compile-wasm.ts';

/** Writes engine/tuples/wasm/module.ts anew: `node test/engine/tuples/build-wasm.ts`, after any change of tuples.as. */
const wasm = await compileWasm();
await writeFile(
  new URL('../../../engine/tuples/wasm/module.ts', import.meta.url),
  `/** tuples.as, compiled by test/engine/tuples/build-wasm.ts; a test holds it to its source. */
export const TUPLES_WASM =
  '${wasm.toString('base64')}';
`,
);
console.log(`engine/tuples/wasm/module.ts: ${wasm.length} bytes of WebAssembly`);
