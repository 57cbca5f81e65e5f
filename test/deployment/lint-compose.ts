import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';

/** Order is for readers here: what a service needs stands above it, so the rules that sort by name are off. */
const RULES = {
  'service-dependencies-alphabetical-order': 0,
  'service-keys-order': 0,
  'service-ports-alphabetical-order': 0,
  'services-alphabetical-order': 0,
  'top-level-properties-order': 0,
  // The worker's image is built here and named for both of its services.
  'no-build-and-image': 0,
} as const;

/** What is wrong with a Compose document: by the Compose schema, and by dclint's rules on tags, ports and names. */
export function lintCompose(text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tickmark-compose-'));
  const file = join(folder, 'docker-compose.yml');
  try {
    writeFileSync(file, text);
    const linter = new DCLinter({ rules: RULES, quiet: false, debug: false, exclude: [] });
    // Its published types name files that are not there, so what is used of them is said here.
    const results: readonly { messages: readonly { rule: string; message: string }[] }[] = linter.lintFiles(
      [file],
      false,
    );
    if (results.length === 0) throw new Error('dclint looked at no file');
    return results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
