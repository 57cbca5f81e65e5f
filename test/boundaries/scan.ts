import { posix } from 'node:path';
import { readModule } from './read-module.ts';
import type { SourceFile, Use } from './read-module.ts';
import {
  BANNED_NAMES,
  MAY_IMPORT,
  OWNS_PROCESS,
  PACKAGE_RULES,
  partOf,
  REGISTRIES,
  STAGES,
  WORKFLOW_PACKAGES,
} from './rules.ts';
import type { Part } from './rules.ts';

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly found: string;
  readonly rule: string;
}

export interface Scan {
  readonly violations: readonly Violation[];
  readonly files: number;
  /** Imports of the project's own files that were judged. */
  readonly ownImports: number;
  readonly packageImports: number;
}

/** Judges every import by the rules. It throws when there is nothing to judge: silence over no file is not a pass. */
export function scan(files: readonly SourceFile[]): Scan {
  if (files.length === 0) throw new Error('the boundaries scan was given no file');
  const violations: Violation[] = [];
  let ownImports = 0;
  let packageImports = 0;
  for (const file of files) {
    const part = partOf(file.path);
    const report = (line: number, found: string, rule: string): void => {
      violations.push({ file: file.path, line, found, rule });
    };
    judgeName(file.path, report);
    if (part === null) {
      report(1, 'a folder without a rule', 'every folder has its place in test/boundaries/rules.ts');
      continue;
    }
    const { uses, processUses, parseErrors } = readModule(file);
    for (const error of parseErrors) report(1, error, 'every file parses');
    for (const use of uses) {
      if (use.reexportsAll && !REGISTRIES.includes(file.path)) {
        report(use.line, `export * from '${use.specifier}'`, 'import from the file that defines it; no barrels');
      }
      if (part === 'tooling') continue;
      if (use.specifier !== null && isRelative(use.specifier)) {
        ownImports += 1;
        judgeOwnImport(file.path, part, use, use.specifier, report);
      } else {
        packageImports += 1;
        judgePackage(part, use, report);
      }
    }
    if (part === 'tooling' || OWNS_PROCESS.includes(part)) continue;
    for (const use of processUses) report(use.line, `process.${use.name}`, 'process.env and process.exit only in bin');
  }
  return { violations, files: files.length, ownImports, packageImports };
}

/** `engine/land/land.ts:3: '../verify/verify.ts' (a stage never imports another stage)`. */
export function formatViolation({ file, line, found, rule }: Violation): string {
  return `${file}:${line}: ${found} (${rule})`;
}

type Report = (line: number, found: string, rule: string) => void;

function judgeName(path: string, report: Report): void {
  const segments = path.split('/').map((segment) => segment.replace(/\..*$/, ''));
  for (const segment of segments) {
    if (BANNED_NAMES.test(segment)) report(1, `the name ${segment}`, 'a file is named for what it exports');
  }
  if (segments.at(-1) === 'index' && !REGISTRIES.includes(path)) {
    report(1, 'the name index', 'no barrels but workflows/index.ts and activities/index.ts');
  }
}

function judgeOwnImport(path: string, part: Part, use: Use, specifier: string, report: Report): void {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  const targetPart = partOf(target);
  if (targetPart === null || target.startsWith('..')) {
    report(use.line, `'${specifier}'`, 'an import stays in the folders of the house');
    return;
  }
  // Root files are data such as package.json; configuration files import nothing that matters here.
  if (targetPart === part || targetPart === 'tooling') return;
  const allowed = MAY_IMPORT[part];
  if (allowed.parts.includes(targetPart)) return;
  if (allowed.types?.includes(targetPart) === true) {
    if (!use.typeOnly) report(use.line, `'${specifier}'`, `${part} import ${targetPart} by import type only`);
    return;
  }
  const bothStages = isStage(part) && isStage(targetPart);
  report(
    use.line,
    `'${specifier}'`,
    bothStages ? 'a stage never imports another stage' : `${part} may not import ${targetPart}`,
  );
}

function judgePackage(part: Part, use: Use, report: Report): void {
  if (use.specifier === null) {
    if (!OWNS_PROCESS.includes(part) && part !== 'embedded') {
      report(use.line, 'import of a computed name', 'an import names its file, so that this scan can judge it');
    }
    return;
  }
  const found = `'${use.specifier}'`;
  if (part === 'workflows') {
    if (!use.typeOnly && !WORKFLOW_PACKAGES.test(packageName(use.specifier))) {
      report(use.line, found, 'workflows load only contracts and @temporalio/workflow: they must be deterministic');
    }
    return;
  }
  for (const { packages, parts, rule } of PACKAGE_RULES) {
    if (packages.test(packageName(use.specifier)) && !parts.includes(part)) report(use.line, found, rule);
  }
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('/');
}

function isStage(part: Part): boolean {
  return STAGES.some((stage) => stage === part);
}

/** `@scope/name/deep/file` is of the package `@scope/name`. */
function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
