import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The project's evidence key, made once and kept where only this user can read it. Workers on several machines need the same
 * one: give it to them as TICKMARK_EVIDENCE_KEY.
 */
export function keepEvidenceKey(home: string): string {
  const file = join(home, 'evidence-key');
  const kept = read(file);
  if (kept !== undefined) return kept;
  mkdirSync(home, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    // Of two processes that start together one makes the key, and both use it.
    linkSync(draft, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file) as string;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
