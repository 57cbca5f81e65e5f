import { z } from 'zod';

/** The keys that a schema takes at a path of a value; none where any key is taken. */
export function knownKeys(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const here = schemaAt(schema, value, path);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function schemaAt(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): z.core.$ZodType | undefined {
  const here = unwrap(schema);
  if (here instanceof z.ZodDiscriminatedUnion) {
    const tag = here._zod.def.discriminator;
    const option = here.options.find(
      (each) => each instanceof z.ZodObject && accepts(each.shape[tag], child(value, tag)),
    );
    return option && schemaAt(option, value, path);
  }
  const [key, ...rest] = path;
  if (key === undefined) return here;
  const inner = innerSchema(here, key);
  return inner && schemaAt(inner, child(value, key), rest);
}

/** The key at a path under which a misplaced one belongs: its schema says so with `meta({ holds: [...] })`. */
export function keyThatHolds(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly PropertyKey[],
  misplaced: string,
): string | undefined {
  const here = schemaAt(schema, value, path);
  if (!(here instanceof z.ZodObject)) return undefined;
  return Object.keys(here.shape).find((key) => {
    const inner = unwrap(here.shape[key]);
    const holds = inner instanceof z.ZodType ? inner.meta()?.['holds'] : undefined;
    return Array.isArray(holds) && holds.includes(misplaced);
  });
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  const wrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

function innerSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

function accepts(schema: z.core.$ZodType | undefined, value: unknown): boolean {
  return schema !== undefined && z.safeParse(schema, value).success;
}

function child(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
