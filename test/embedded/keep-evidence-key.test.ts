import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepEvidenceKey } from '../../bin/keep-evidence-key.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';

test('the evidence key is made once, for this user only, and is one that the engine takes', () => {
  const home = join(mkdtempSync(join(tmpdir(), 'tickmark-key-')), '.tickmark');
  const key = keepEvidenceKey(home);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(keepEvidenceKey(home)).toBe(key);
  expect(statSync(join(home, 'evidence-key')).mode & 0o777).toBe(0o600);
  expect(evidenceKeyFrom({ TICKMARK_EVIDENCE_KEY: key }).id).toMatch(/^[0-9a-f]{16}$/);
});

test('a folder that cannot be made gives no key, and what needs one says so', () => {
  expect(keepEvidenceKey('/dev/null/nowhere')).toBeUndefined();
  expect(() => evidenceKeyFrom({})).toThrow('TICKMARK_EVIDENCE_KEY is not set');
  expect(() => evidenceKeyFrom({ TICKMARK_EVIDENCE_KEY: 'short' })).toThrow('64 hex digits');
});
