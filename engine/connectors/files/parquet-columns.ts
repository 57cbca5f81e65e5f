import type { SchemaElement, SchemaTree } from 'hyparquet';
import { EngineError } from '../../errors.ts';
import { encoderOf } from '../../tuples/encode-value.ts';
import { leafType } from './parquet-types.ts';
import { refusedFile } from './refuse-file.ts';

/** One top-level column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  readonly text: (raw: unknown) => string | undefined;
  /** In Postgres' binary form; undefined when the value has no exact one. */
  readonly encode: (raw: unknown) => Uint8Array | undefined;
  /** Whether a value that hyparquet leaves undefined can be one: a null inside of nested values. */
  readonly isNested: boolean;
}

/** The columns of a file, nested ones as JSON; and takes the annotations off its leaves, so that raw values are read. */
export function parquetColumns(tree: SchemaTree, file: string): ParquetColumn[] {
  return tree.children.map((child) => {
    const { name } = child.element;
    const where = `column ${name}`;
    try {
      return isLeaf(child) ? flatColumn(child, where) : nestedColumn(child, where);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      throw new EngineError(error.code, error.message.slice(0, -` [${error.code}]`.length), { place: { file } });
    }
  });
}

function isLeaf(node: SchemaTree): boolean {
  return node.children.length === 0 && node.element.repetition_type !== 'REPEATED';
}

function flatColumn({ element }: SchemaTree, where: string): ParquetColumn {
  const leaf = leafType(element, where);
  takeAnnotation(element);
  const encoder = encoderOf(leaf.type);
  const encode = (raw: unknown): Uint8Array | undefined => {
    if (leaf.isBytes) return leaf.type === 'bytea' || leaf.text(raw) !== undefined ? (raw as Uint8Array) : undefined;
    const text = leaf.text(raw);
    return text === undefined ? undefined : encoder(text);
  };
  return { name: element.name, type: leaf.type, text: leaf.text, encode, isNested: false };
}

function nestedColumn(node: SchemaTree, where: string): ParquetColumn {
  const write = jsonWriter(node, where);
  const encoder = encoderOf('json');
  return {
    name: node.element.name,
    type: 'json',
    text: write,
    encode: (raw) => {
      const text = write(raw);
      return text === undefined ? undefined : encoder(text);
    },
    isNested: true,
  };
}

type Writer = (raw: unknown) => string | undefined;

function jsonWriter(node: SchemaTree, where: string): Writer {
  const { element } = node;
  if (element.logical_type?.type === 'VARIANT') {
    throw new EngineError('EXTRACT_TYPE_REFUSED', `${where} is VARIANT, which has no exact form here`);
  }
  if (node.children.length === 0) {
    const leaf = leafType(element, where);
    takeAnnotation(element, leaf.type === 'text' || leaf.type === 'json');
    const value = orNull(leaf.json);
    return element.repetition_type === 'REPEATED' ? arrayOf(value) : value;
  }
  if (isList(element)) {
    const [repeated] = node.children;
    const only = repeated?.children.length === 1 ? repeated.children[0] : repeated;
    // The repeated group is the array; its one child is the item.
    return arrayOf(only === repeated ? itemOf(repeated as SchemaTree, where) : jsonWriter(only as SchemaTree, where));
  }
  if (isMap(element)) {
    const [key, value] = node.children[0]?.children ?? [];
    if (key === undefined || value === undefined || key.children.length > 0) {
      throw new EngineError('EXTRACT_TYPE_REFUSED', `${where} is a map without plain keys, which has no form in JSON`);
    }
    jsonWriter(key, where);
    return mapOf(jsonWriter(value, where), key.element);
  }
  const members = node.children.map((child) => ({ name: child.element.name, write: jsonWriter(child, where) }));
  const object = (raw: unknown): string | undefined => {
    const parts = members.map(({ name, write }) => {
      const text = write((raw as Record<string, unknown>)[name]);
      return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
    });
    return parts.includes(undefined) ? undefined : `{${parts.join(',')}}`;
  };
  return element.repetition_type === 'REPEATED' ? arrayOf(orNull(object)) : orNull(object);
}

function itemOf(node: SchemaTree, where: string): Writer {
  return jsonWriter({ ...node, element: { ...node.element, repetition_type: 'REQUIRED' } }, where);
}

function isList({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  return logical?.type === 'LIST' || converted === 'LIST';
}

function isMap({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  return logical?.type === 'MAP' || converted === 'MAP' || converted === 'MAP_KEY_VALUE';
}

function orNull(write: Writer): Writer {
  return (raw) => (raw === null || raw === undefined ? 'null' : write(raw));
}

function arrayOf(item: Writer): Writer {
  return orNull((raw) => {
    const parts = (raw as readonly unknown[]).map(item);
    return parts.includes(undefined) ? undefined : `[${parts.join(',')}]`;
  });
}

/** Keys of texts come behind a mark; others are numbers. */
function mapOf(write: Writer, key: SchemaElement): Writer {
  const isText = key.type === 'BYTE_ARRAY';
  if (!isText && key.type !== 'INT32' && key.type !== 'INT64') {
    throw new EngineError(
      'EXTRACT_TYPE_REFUSED',
      'a map whose keys are neither texts nor integers has no form in JSON',
    );
  }
  return orNull((raw) => {
    const parts = Object.entries(raw as Record<string, unknown>).map(([name, value]) => {
      const text = write(value);
      return text === undefined ? undefined : `${JSON.stringify(isText ? name.slice(1) : name)}:${text}`;
    });
    return parts.includes(undefined) ? undefined : `{${parts.join(',')}}`;
  });
}

/** Texts inside of nested values must be decoded by hyparquet, since keys of maps become names. */
function takeAnnotation(element: SchemaElement, isNestedText = false): void {
  delete element.converted_type;
  delete element.logical_type;
  if (isNestedText) element.converted_type = 'UTF8';
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What hyparquet makes of raw values: as little as it lets us. */
export const RAW_PARSERS = {
  timestampFromNanoseconds: (nanos: bigint): bigint => nanos,
  stringFromBytes: (bytes: Uint8Array | undefined): string | undefined => bytes && `=${strict.decode(bytes)}`,
};

export function invalidParquet(error: unknown, file: string): Error {
  if (error instanceof EngineError) return error;
  // Of its own errors only those are told that name a codec or an encoding.
  const text = error instanceof Error ? error.message : '';
  const told = /^parquet unsupported [a-z ]+: [A-Z0-9_]+$/.test(text) ? ` (${text.slice('parquet '.length)})` : '';
  return refusedFile(`not a valid Parquet file, or it is broken${told}`, file);
}
