/** The parts of a JSON Schema that arguments of checks have. */
export interface Json {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Json[];
  readonly items?: Json;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly additionalProperties?: Json | boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

/** What an argument may be, in words. */
export function typeText(schema: Json): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.anyOf) return orOf(schema.anyOf);
  if (schema.type === 'array') return `list of ${plural(schema.items ?? {})}`;
  if (schema.type === 'object') return objectText(schema);
  return WORDS[schema.type ?? ''] ?? 'any value';
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
};

function orOf(schemas: readonly Json[]): string {
  const told = schemas
    .filter(({ type }) => type !== 'null')
    .flatMap((schema) => (schema.anyOf ? schema.anyOf : [schema]));
  return [...new Set(told.map(typeText))].join(' or ');
}

function plural(items: Json): string {
  const text = typeText(items);
  if (text === 'text') return 'texts';
  if (text === 'whole number' || text === 'number') return `${text}s`;
  return text.includes(' or ') ? `(${text})` : text;
}

function objectText({ properties, additionalProperties, required = [] }: Json): string {
  if (properties) {
    const keys = Object.keys(properties).map((key) => (required.includes(key) ? key : `${key}?`));
    return `map of ${keys.map(code).join(', ')}`;
  }
  return typeof additionalProperties === 'object' ? `map of names to ${plural(additionalProperties)}` : 'map';
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
