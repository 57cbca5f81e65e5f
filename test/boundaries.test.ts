import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readProjectFiles } from './boundaries/project-files.ts';
import { PARTS, partOf } from './boundaries/rules.ts';
import { formatViolation, scan } from './boundaries/scan.ts';

const files = await readProjectFiles(fileURLToPath(new URL('..', import.meta.url)));

test('every import keeps to who may import whom', () => {
  expect(scan(files).violations.map(formatViolation)).toEqual([]);
});

test('every part of the house was scanned, with its imports', () => {
  const scanned = new Set(files.map((file) => partOf(file.path)));
  expect(PARTS.filter((part) => !scanned.has(part))).toEqual([]);
  expect(scan(files).ownImports).toBeGreaterThan(100);
  expect(scan(files).packageImports).toBeGreaterThan(50);
});

test('a scan of nothing is an error, never a pass', () => {
  expect(() => scan([])).toThrow('the boundaries scan was given no file');
});

/** What the scan says of one file. */
function judge(path: string, text: string): readonly string[] {
  return scan([{ path, text }]).violations.map(formatViolation);
}

describe('each rule has a control that must be reported', () => {
  const controls: readonly [path: string, text: string, expected: string][] = [
    [
      'engine/land/land.ts',
      "import { z } from 'zod';\nimport { verify } from '../verify/verify.ts';",
      "engine/land/land.ts:2: '../verify/verify.ts' (a stage never imports another stage)",
    ],
    [
      'engine/check/check.ts',
      "import type { X } from '../measure/measure.ts';",
      "engine/check/check.ts:1: '../measure/measure.ts' (a stage never imports another stage)",
    ],
    [
      'engine/contracts/pull.ts',
      "export type { X } from '../config/config.ts';",
      "engine/contracts/pull.ts:1: '../config/config.ts' (contracts may not import config)",
    ],
    [
      'engine/errors.ts',
      "import { a } from './statistics/limit.ts';",
      "engine/errors.ts:1: './statistics/limit.ts' (engine may not import statistics)",
    ],
    [
      'engine/statistics/limit.ts',
      "import { EngineError } from '../errors.ts';",
      "engine/statistics/limit.ts:1: '../errors.ts' (statistics may not import engine)",
    ],
    [
      'engine/config/config.ts',
      "import { compile } from '../compile/compile.ts';",
      "engine/config/config.ts:1: '../compile/compile.ts' (config may not import compile)",
    ],
    [
      'engine/compile/compile.ts',
      "import { load } from '../project/load.ts';",
      "engine/compile/compile.ts:1: '../project/load.ts' (compile may not import project)",
    ],
    [
      'engine/project/load.ts',
      "import { open } from '../warehouse/open.ts';",
      "engine/project/load.ts:1: '../warehouse/open.ts' (project may not import warehouse)",
    ],
    [
      'engine/warehouse/open.ts',
      "import { ledger } from '../evidence/ledger.ts';",
      "engine/warehouse/open.ts:1: '../evidence/ledger.ts' (warehouse may not import evidence)",
    ],
    [
      'engine/connectors/postgres.ts',
      "const w = await import('../warehouse/open.ts');",
      "engine/connectors/postgres.ts:1: '../warehouse/open.ts' (connectors may not import warehouse)",
    ],
    [
      'engine/evidence/ledger.ts',
      "import { land } from '../land/land.ts';",
      "engine/evidence/ledger.ts:1: '../land/land.ts' (evidence may not import land)",
    ],
    [
      'activities/land.ts',
      "import { run } from '../workflows/run.ts';",
      "activities/land.ts:1: '../workflows/run.ts' (activities may not import workflows)",
    ],
    [
      'workflows/run.ts',
      "import { land } from '../engine/land/land.ts';",
      "workflows/run.ts:1: '../engine/land/land.ts' (workflows may not import land)",
    ],
    [
      'workflows/run.ts',
      "import { type Activities } from '../activities/index.ts';",
      "workflows/run.ts:1: '../activities/index.ts' (workflows import activities by import type only)",
    ],
    [
      'workflows/run.ts',
      "import nunjucks from 'nunjucks';",
      "workflows/run.ts:1: 'nunjucks' (workflows load only contracts and @temporalio/workflow: they must be deterministic)",
    ],
    [
      'workflows/run.ts',
      "import { readFileSync } from 'node:fs';",
      "workflows/run.ts:1: 'node:fs' (workflows load only contracts and @temporalio/workflow: they must be deterministic)",
    ],
    [
      'cli/refresh.ts',
      "import { land } from '../engine/land/land.ts';",
      "cli/refresh.ts:1: '../engine/land/land.ts' (cli may not import land)",
    ],
    [
      'web/create-server.ts',
      "import { run } from '../workflows/run.ts';",
      "web/create-server.ts:1: '../workflows/run.ts' (web import workflows by import type only)",
    ],
    [
      'embedded/postgres.ts',
      "import { EngineError } from '../engine/errors.ts';",
      "embedded/postgres.ts:1: '../engine/errors.ts' (embedded may not import engine)",
    ],
    [
      'bin/tickmark.ts',
      "import { data } from '../test/data.ts';",
      "bin/tickmark.ts:1: '../test/data.ts' (bin may not import test)",
    ],
    [
      'engine/verify/verify.ts',
      "import type { ClientBase } from 'pg';",
      "engine/verify/verify.ts:1: 'pg' (database drivers only in connectors and warehouse)",
    ],
    [
      'cli/show.ts',
      "import { BigQuery } from '@google-cloud/bigquery/build/src/bigquery.js';",
      "cli/show.ts:1: '@google-cloud/bigquery/build/src/bigquery.js' (database drivers only in connectors and warehouse)",
    ],
    [
      'engine/project/load.ts',
      "const nunjucks = require('nunjucks');",
      "engine/project/load.ts:1: 'nunjucks' (nunjucks only in jinja)",
    ],
    [
      'engine/alert/alert.ts',
      "import { log } from '@temporalio/activity';",
      "engine/alert/alert.ts:1: '@temporalio/activity' (@temporalio/* never in engine)",
    ],
    ['cli/serve.ts', "import Fastify from 'fastify';", "cli/serve.ts:1: 'fastify' (the web server only in web)"],
    [
      'web/serve.ts',
      "import { Command } from 'commander';",
      "web/serve.ts:1: 'commander' (the command parser only in cli)",
    ],
    [
      'engine/extract/extract.ts',
      'const connector = await import(`../connectors/${name}.ts`);',
      'engine/extract/extract.ts:1: import of a computed name (an import names its file, so that this scan can judge it)',
    ],
    [
      'engine/land/land.ts',
      "import { x } from '../somewhere/x.ts';",
      "engine/land/land.ts:1: '../somewhere/x.ts' (an import stays in the folders of the house)",
    ],
    [
      'engine/land/land.ts',
      "import { x } from '../../../elsewhere/x.ts';",
      "engine/land/land.ts:1: '../../../elsewhere/x.ts' (an import stays in the folders of the house)",
    ],
    [
      'engine/land/barrel.ts',
      "export * from './land.ts';",
      "engine/land/barrel.ts:1: export * from './land.ts' (import from the file that defines it; no barrels)",
    ],
    ['engine/land/utils.ts', '', 'engine/land/utils.ts:1: the name utils (a file is named for what it exports)'],
    ['cli/common/x.ts', '', 'cli/common/x.ts:1: the name common (a file is named for what it exports)'],
    [
      'engine/land/index.ts',
      '',
      'engine/land/index.ts:1: the name index (no barrels but workflows/index.ts and activities/index.ts)',
    ],
    [
      'services/x.ts',
      '',
      'services/x.ts:1: a folder without a rule (every folder has its place in test/boundaries/rules.ts)',
    ],
    ['cli/x.ts', 'const = 1', 'cli/x.ts:1: Unexpected token (every file parses)'],
    ...['process.env.HOME', "process['env']", 'const { env } = process', 'globalThis.process.env'].map(
      (text): [string, string, string] => [
        'cli/x.ts',
        `const a = 1;\n${text};`,
        'cli/x.ts:2: process.env (process.env and process.exit only in bin)',
      ],
    ),
    [
      'web/x.ts',
      "import { exit } from 'node:process';",
      'web/x.ts:1: process.exit (process.env and process.exit only in bin)',
    ],
  ];

  test.each(controls)('%s: %j', (path, text, expected) => {
    expect(judge(path, text)).toEqual([expected]);
  });
});

describe('what is allowed is not reported', () => {
  test.each([
    ['engine/land/land.ts', "import { readManifest } from '../evidence/manifest.ts';\nimport './land-text.ts';"],
    ['engine/evidence/ledger.ts', "import type { Warehouse } from '../warehouse/warehouse.ts';"],
    ['engine/warehouse/open.ts', "import pg from 'pg';"],
    ['workflows/run.ts', "import type { Activities } from '../activities/index.ts';"],
    ['workflows/run.ts', "import { proxyActivities } from '@temporalio/workflow';"],
    ['workflows/index.ts', "export * from './run.ts';"],
    ['bin/tickmark.ts', "import { land } from '../engine/land/land.ts';\nprocess.exit(Number(process.env.CODE));"],
    ['cli/x.ts', "// import { land } from '../engine/land/land.ts'\nconst text = 'process.env';"],
    ['cli/x.ts', 'const process = 1; process.stdout.write(process.argv[0]);'],
  ])('%s: %j', (path, text) => {
    expect(judge(path, text)).toEqual([]);
  });
});
