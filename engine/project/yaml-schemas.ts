import { z } from 'zod';
import { CHECK_KINDS } from '../check-kinds/check-kinds.ts';
import { ConfigSpec } from '../contracts/config.ts';
import { CheckSettings } from '../contracts/check.ts';
import { ControlsFile } from '../contracts/control.ts';
import { KrisFile } from '../contracts/kri.ts';
import { ModelOptions } from '../contracts/model-config.ts';
import { DataTests } from '../contracts/source.ts';
import { PropertiesSpec, RelationOptions } from './properties-spec.ts';

type Json = Record<string, unknown>;

/** JSON Schemas (draft 2020-12) of every kind of YAML file, by file name: what the loader takes, for editors to complete and check. */
export function yamlSchemas(): Readonly<Record<string, object>> {
  return {
    'tickmark.schema.json': schemaOf(ConfigSpec, 'tickmark.yml'),
    'properties.schema.json': {
      ...schemaOf(PropertiesSpec, 'Models, seeds, snapshots, sources, exposures and their tests'),
      $defs: { options: optionsSchema(), dataTests: dataTestsSchema() },
    },
    'controls.schema.json': schemaOf(ControlsFile, 'controls.yml'),
    'kris.schema.json': schemaOf(KrisFile, 'kris.yml'),
  };
}

function schemaOf(schema: z.ZodType, title: string): Json {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === RelationOptions) replace(jsonSchema, { $ref: '#/$defs/options' });
      else if (zodSchema === DataTests.data_tests.unwrap()) replace(jsonSchema, { $ref: '#/$defs/dataTests' });
    },
  });
  return { title, ...json };
}

/** The options of a model in `config:`; any of them may be a template instead, which is looked into when it is rendered. */
function optionsSchema(): Json {
  const { $schema: _, ...whole } = z.toJSONSchema(ModelOptions, { io: 'input', unrepresentable: 'any' });
  const properties = Object.entries(whole.properties ?? {}).flatMap(([name, schema]) => {
    const either = { anyOf: [schema, { type: 'string', pattern: '\\{\\{' }] };
    // dbt spells the hooks with a hyphen.
    return name.endsWith('_hook')
      ? [
          [name, either],
          [name.replace('_', '-'), either],
        ]
      : [[name, either]];
  });
  return { ...whole, properties: Object.fromEntries(properties) as Json };
}

/** Known kinds are completed; a name that a macro of the project gives is as good. */
function dataTestsSchema(): Json {
  const { $schema: _, ...settings } = z.toJSONSchema(CheckSettings, { io: 'input', unrepresentable: 'any' });
  const kinds = Object.keys(CHECK_KINDS);
  const spec = { type: ['object', 'null'], properties: { ...settings.properties, arguments: { type: 'object' } } };
  return {
    type: 'array',
    items: {
      anyOf: [
        { type: 'string', examples: kinds },
        { type: 'object', properties: Object.fromEntries(kinds.map((kind) => [kind, spec])) },
      ],
    },
  };
}

function replace(schema: object, by: Json): void {
  for (const key of Object.keys(schema)) Reflect.deleteProperty(schema, key);
  Object.assign(schema, by);
}
