import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The project's evidence key, made once and kept where only this user can read it. Workers on several machines need the same
 * one: give it to them as TICKMARK_EVIDENCE_KEY. Undefined where nothing can be written: what needs no key works there too.
 */
export function keepEvidenceKey(home: string): string | undefined {
  const file = join(home, 'evidence-key');
  const kept = read(file);
  if (kept !== undefined) return kept;
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    // Of two processes that start together one makes the key, and both use it.
    linkSync(draft, file);
  } catch {
    // There already, made by the other; or nothing can be made here.
  }
  if (existsSync(draft)) rmSync(draft);
  return read(file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
