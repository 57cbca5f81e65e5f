import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { currentState } from '../../../engine/artifacts/current-state.ts';
import type { StateNode } from '../../../engine/artifacts/read-state.ts';
import { readState } from '../../../engine/artifacts/read-state.ts';
import { writeRunArtifacts } from '../../../engine/artifacts/write-run-artifacts.ts';
import { built, outcomeOf } from '../lineage/sample-outcome.ts';
import { INVOCATION, openSample, SAMPLE } from './open-sample.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'tickmark-state-'));

/** What differs between the sample and the same with one file edited: `<unique id> <what>`. */
function changes(file: string, from: string, to: string): string[] {
  const root = join(folder(), 'project');
  cpSync(SAMPLE, root, { recursive: true });
  const text = readFileSync(join(root, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(root, file), text.replace(from, to));
  const before = openSample();
  const directory = folder();
  writeRunArtifacts({ ...before, outcomes: null, invocation: INVOCATION, directory });
  const then = readState(directory).nodes;
  const after = openSample(root);
  const now = currentState(after.project, after.compiled);
  return [...now.values()].flatMap((node) => differing(node, then.get(node.uniqueId)));
}

function differing(now: StateNode, then: StateNode | undefined): string[] {
  if (then === undefined) return [`${now.uniqueId} new`];
  const keys = ['checksum', 'configHash', 'relationName', 'contractChecksum', 'description'] as const;
  const macros = JSON.stringify([...now.macros]) === JSON.stringify([...then.macros]) ? [] : ['macros'];
  return [...keys.filter((key) => now[key] !== then[key]), ...macros].map((what) => `${now.uniqueId} ${what}`);
}

test('what was written reads back as what is', () => {
  expect(changes('sql/shop/marts/sales_by_day.sql', 'select', 'select')).toEqual([]);
});

test('an edited model differs in its body only', () => {
  expect(changes('sql/shop/staging/stg_sales.sql', 'sold_at', "sold_at + interval '1 day' as sold_at")).toEqual([
    'model.shop_books.stg_sales checksum',
  ]);
});

test('a config that changes nothing in how it is built, a tag, is no difference; another one is', () => {
  expect(changes('sql/shop/shop.yml', 'description: Sales, typed.', 'config: { tags: [x] }')).toEqual([
    'model.shop_books.stg_sales description',
  ]);
  expect(changes('sql/shop/shop.yml', 'description: Sales, typed.', 'config: { materialized: table }')).toEqual([
    'model.shop_books.stg_sales configHash',
    'model.shop_books.stg_sales description',
  ]);
});

test('a contract is another when a type is', () => {
  expect(changes('sql/shop/shop.yml', 'data_type: bigint', 'data_type: integer')).toEqual([
    'model.shop_books.customer_totals contractChecksum',
  ]);
});

test('a macro that a macro calls is part of what a model is', () => {
  expect(changes('sql/macros/cents.sql', ', 2)', ', 3)')).toContain('model.shop_books.stg_sales macros');
});

test('an edited argument makes another test', () => {
  expect(changes('sql/shop/shop.yml', '[1, 2, 3]', '[1, 2]').join(' ')).toMatch(
    /^test\.shop_books\.accepted_values.* new$/,
  );
});

test('results come with their status and what was asked', () => {
  const directory = folder();
  const outcome = outcomeOf({ vertical: 'shop', models: [built('stg_sales', { status: 'error' })] });
  writeRunArtifacts({ ...openSample(), outcomes: [outcome], invocation: INVOCATION, directory });
  const { results, invocationId, args } = readState(directory);
  expect([...results.values()]).toEqual([{ uniqueId: 'model.shop_books.stg_sales', status: 'error' }]);
  expect(invocationId).toBe(INVOCATION.id);
  expect(args).toMatchObject({ which: 'build', select: ['customer_totals'] });
});

test.each([
  ['nothing there', undefined, 'there is no manifest.json in FOLDER [STATE_INVALID]'],
  ['no JSON', '{', 'FOLDER/manifest.json is not JSON [STATE_INVALID]'],
  [
    'no artifact',
    '{}',
    'FOLDER/manifest.json: metadata: Invalid input: expected object, received undefined [STATE_INVALID]',
  ],
  [
    'another artifact',
    artifact('catalog/v1'),
    'FOLDER/manifest.json is not a manifest artifact: its schema is https://schemas.getdbt.com/dbt/catalog/v1.json [STATE_INVALID]',
  ],
  [
    'one of the future',
    artifact('manifest/v13'),
    'FOLDER/manifest.json is version 13 of manifest; up to 12 are understood [STATE_INVALID]',
  ],
  [
    'a broken node',
    JSON.stringify({ ...(JSON.parse(artifact('manifest/v12')) as object), nodes: { a: { name: 1 } } }),
    'FOLDER/manifest.json: nodes.a.unique_id: Invalid input: expected string, received undefined [STATE_INVALID]',
  ],
])('a state with %s is refused', (_what, text, message) => {
  const directory = folder();
  mkdirSync(directory, { recursive: true });
  if (text !== undefined) writeFileSync(join(directory, 'manifest.json'), text);
  expect(() => readState(directory)).toThrow(message.replace('FOLDER', directory));
});

function artifact(schema: string): string {
  return JSON.stringify({ metadata: { dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json` } });
}
