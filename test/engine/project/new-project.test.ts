import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../../engine/project/load-project.ts';
import { newProject } from '../../../engine/project/new-project.ts';

function write(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tickmark-new-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

test('a new project loads whole, with one of each kind', () => {
  const project = loadProject(write(newProject('my_shop')));
  expect(project.config.name).toBe('my_shop');
  expect(project.models.map(({ name, resource, layer }) => [name, resource, layer])).toEqual([
    ['daily_sales', 'model', 'marts'],
    ['raw_orders', 'seed', 'marts'],
    ['stg_orders', 'model', 'staging'],
  ]);
  expect(project.macros.map(({ file }) => file)).toEqual(['sql/macros/cents_to_amount.sql']);
  expect(project.unitTests.map(({ name }) => name)).toEqual(['refunds_are_no_sales']);
  expect(project.checks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['unique', 'bespoke', 'expression']));
});

test('a name that could not be a project’s is made one', () => {
  const named = (name: string) => loadProject(write(newProject(name))).config.name;
  expect(named('My Shop-2')).toBe('my_shop_2');
  expect(named('../2026/Audit')).toBe('audit');
  expect(named('2026')).toBe('audit_project');
});
