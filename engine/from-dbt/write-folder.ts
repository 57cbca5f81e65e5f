import {
  mkdtempSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../errors.ts';

/**
 * Makes a folder of files whole or not at all: they are written beside it, `look` may judge them there, and a rename puts them
 * in place. Throws INIT_FOLDER_TAKEN when something is in the folder already; nothing is ever overwritten.
 */
export function writeFolder<T>(
  root: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  look: (folder: string) => T,
): T {
  refuseTaken(root);
  mkdirSync(dirname(root), { recursive: true });
  const beside = mkdtempSync(join(dirname(root), `.${basename(root)}-`));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(beside, path)), { recursive: true });
      writeFileSync(join(beside, path), content, { flag: 'wx' });
    }
    const seen = look(beside);
    refuseTaken(root);
    if (existsSync(root)) rmdirSync(root);
    renameSync(beside, root);
    // mkdtemp makes a folder that only its owner may enter.
    chmodSync(root, 0o755);
    return seen;
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

function refuseTaken(root: string): void {
  if (!existsSync(root)) return;
  const found = readdirSync(root);
  if (found.length === 0) return;
  throw new EngineError('INIT_FOLDER_TAKEN', `${root} is not empty`);
}
