import { z } from 'zod';
import { relationName } from '../check-kinds/arguments.ts';
import { KIND_NAMES, kindNamed } from '../check-kinds/check-kinds.ts';
import type { NamedKind } from '../check-kinds/check-kinds.ts';
import { ConfigSpec } from '../contracts/config.ts';
import { CheckSettings } from '../contracts/check.ts';
import { ControlsFile } from '../contracts/control.ts';
import { KrisFile } from '../contracts/kri.ts';
import { ModelOptions } from '../contracts/model-config.ts';
import { SurvivorsFile } from '../contracts/mutation.ts';
import { DataTests } from '../contracts/source.ts';
import { WaiversFile } from '../contracts/waiver.ts';
import { PropertiesSpec, RelationOptions } from './properties-spec.ts';

type Json = Record<string, unknown>;

/** JSON Schemas (draft 2020-12) of every kind of YAML file, by file name: what the loader takes, for editors to complete and check. */
export function yamlSchemas(): Readonly<Record<string, object>> {
  return {
    'tickmark.schema.json': schemaOf(ConfigSpec, 'tickmark.yml'),
    'properties.schema.json': {
      ...schemaOf(PropertiesSpec, 'Models, seeds, snapshots, sources, exposures and their tests'),
      $defs: { options: optionsSchema(), dataTests: dataTestsSchema(), check: checkSchema() },
    },
    'controls.schema.json': schemaOf(ControlsFile, 'controls.yml'),
    'kris.schema.json': schemaOf(KrisFile, 'kris.yml'),
    'waivers.schema.json': schemaOf(WaiversFile, 'waivers.yml'),
    'survivors.schema.json': schemaOf(SurvivorsFile, 'survivors.yml'),
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

/** Known kinds are completed under each of their names, with their arguments; a name that a macro of the project gives is as good. */
function dataTestsSchema(): Json {
  const named = KIND_NAMES.flatMap((name) => {
    const kind = kindNamed(name);
    return kind === undefined ? [] : [[name, entrySchema(kind)] as const];
  });
  return {
    type: 'array',
    items: {
      anyOf: [
        { type: 'string', examples: KIND_NAMES },
        { type: 'object', properties: Object.fromEntries(named) },
      ],
    },
  };
}

/** One check of a kind: its arguments under `arguments:` or, as dbt once had it, beside it. */
function entrySchema({ spec, arguments: takes }: NamedKind): Json {
  const own = argumentsSchema(takes);
  const column = spec.of === 'relation' ? {} : { column_name: { type: 'string' } };
  const settings = Object.keys(CheckSettings.shape).map((name) => [name, { $ref: `#/$defs/check/properties/${name}` }]);
  return {
    type: ['object', 'null'],
    description: `Finds ${spec.finds}`,
    properties: {
      ...own,
      ...column,
      ...Object.fromEntries(settings),
      name: { type: 'string' },
      config: { $ref: '#/$defs/check' },
      arguments: { type: ['object', 'null'], properties: { ...own, ...column }, additionalProperties: false },
    },
    additionalProperties: false,
  };
}

function argumentsSchema(takes: z.ZodObject): Json {
  const schema = z.toJSONSchema(takes, { io: 'input', unrepresentable: 'any', override: takeReferences });
  return (schema.properties ?? {}) as Json;
}

/** Where a relation's name is asked for, `ref('x')` is read into one before. */
function takeReferences({ jsonSchema }: { jsonSchema: { pattern?: string } }): void {
  if (jsonSchema.pattern === RELATION_NAME) delete jsonSchema.pattern;
}

const RELATION_NAME = (z.toJSONSchema(relationName) as { pattern?: string }).pattern;

function checkSchema(): Json {
  const { $schema: _, ...settings } = z.toJSONSchema(CheckSettings, { io: 'input', unrepresentable: 'any' });
  return settings;
}

function replace(schema: object, by: Json): void {
  for (const key of Object.keys(schema)) Reflect.deleteProperty(schema, key);
  Object.assign(schema, by);
}
