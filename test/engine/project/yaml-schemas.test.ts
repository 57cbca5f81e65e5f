import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { newProject } from '../../../engine/project/new-project.ts';
import { yamlSchemas } from '../../../engine/project/yaml-schemas.ts';

const ROOT = join(import.meta.dirname, '../../..');

const schemas = yamlSchemas();
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, validateFormats: false });
const validators = new Map(Object.entries(schemas).map(([file, schema]) => [file, ajv.compile(schema)]));

/** What an editor would say of a YAML file. */
function complaints(file: string, text: string): string[] {
  const validate = validators.get(schemaFor(file));
  if (!validate) throw new Error(`no schema for ${file}`);
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
  );
}

function schemaFor(file: string): string {
  const known = ['tickmark.yml', 'controls.yml', 'kris.yml', 'waivers.yml', 'survivors.yml'].find((name) =>
    file.endsWith(name),
  );
  return `${known?.replace('.yml', '') ?? 'properties'}.schema.json`;
}

const yamlFiles = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join(folder, file));

const files = [
  'tickmark.yml',
  ...['sql', 'checks', 'test/projects/minimal', 'test/projects/commerce/sql', 'test/projects/commerce/checks'].flatMap(
    yamlFiles,
  ),
];

test('every YAML file of the projects here is as the schemas have it', () => {
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) expect(complaints(file, readFileSync(join(ROOT, file), 'utf8')), file).toEqual([]);
});

test('so is every YAML file of a new project, and it names its schema', () => {
  const yaml = Object.entries(newProject('shop')).filter(([file]) => file.endsWith('.yml'));
  expect(yaml.length).toBeGreaterThan(2);
  for (const [file, text] of yaml) {
    expect(complaints(file, text), file).toEqual([]);
    const up = '../'.repeat(file.split('/').length - 1);
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${up}.tickmark/schemas/${schemaFor(file)}`);
  }
});

test('a misspelt key, a wrong word and a wrong type are each refused', () => {
  expect(complaints('a.yml', 'models: [{ name: a, descripton: x }]')).toMatchInlineSnapshot(`
    [
      "/models/0 must NOT have additional properties {"additionalProperty":"descripton"}",
    ]
  `);
  expect(complaints('a.yml', 'models: [{ name: a, config: { materialised: view } }]')).toMatchInlineSnapshot(`
    [
      "/models/0/config must NOT have additional properties {"additionalProperty":"materialised"}",
    ]
  `);
  expect(complaints('a.yml', 'models: [{ name: a, config: { enabled: 3 } }]').length).toBeGreaterThan(0);
  expect(complaints('a.yml', "models: [{ name: a, config: { enabled: '{{ var(1) }}' } }]")).toEqual([]);
  expect(complaints('a.yml', 'metrics: []').length).toBeGreaterThan(0);
  expect(complaints('a.yml', 'sources: [{ name: a, tables: [{ name: b, freshnes: {} }] }]')).toMatchInlineSnapshot(`
    [
      "/sources/0/tables/0 must NOT have additional properties {"additionalProperty":"freshnes"}",
    ]
  `);
  const check = (written: string) => complaints('a.yml', `models: [{ name: a, data_tests: [${written}] }]`);
  expect(check('accepted_range: { arguments: { min_valu: 0 } }').join()).toContain('{"additionalProperty":"min_valu"}');
  expect(check('dbt_utils.accepted_range: { min_value: 0, severty: warn }').join()).toContain('"severty"');
  expect(check('dbt_utils.unique_combination_of_columns: { columns: [a] }').join()).toContain('"columns"');
  expect(
    check(
      `"relationships": { to: "ref('b')", field: c, config: { severity: warn } }, my_own_macro: { any: thing }, not_null, dbt_utils.unique_combination_of_columns: { combination_of_columns: [a] }`,
    ),
  ).toEqual([]);
  expect(complaints('tickmark.yml', 'name: a\nwarehouse: { url: x }\nvertical: {}')).toMatchInlineSnapshot(`
    [
      "must have required property 'verticals' {"missingProperty":"verticals"}",
      "must NOT have additional properties {"additionalProperty":"vertical"}",
    ]
  `);
  expect(complaints('controls.yml', 'control: []')).toMatchInlineSnapshot(`
    [
      "must have required property 'controls' {"missingProperty":"controls"}",
      "must NOT have additional properties {"additionalProperty":"control"}",
    ]
  `);
});
