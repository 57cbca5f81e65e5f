import { identifier } from '../../sql-text.ts';
import { text } from '../python/text.ts';
import { nameArguments } from './arguments.ts';

const TEXTS = ['text', 'character varying', 'character', 'varchar'];
const INTEGERS = [
  'smallint',
  'integer',
  'bigint',
  'smallserial',
  'serial',
  'bigserial',
  'int2',
  'int4',
  'int8',
  'serial2',
  'serial4',
  'serial8',
];
const FLOATS = ['real', 'float4', 'float', 'double precision', 'float8', 'double'];

/** A column as `adapter.get_columns_in_relation` and `api.Column` give it; dbt's members. */
export class Column {
  readonly column: string;
  readonly dtype: string;
  readonly char_size: number | null;
  readonly numeric_precision: number | null;
  readonly numeric_scale: number | null;

  constructor(
    column: string,
    dtype: string,
    size: number | null = null,
    precision: number | null = null,
    scale: number | null = null,
  ) {
    this.column = column;
    this.dtype = dtype;
    this.char_size = size;
    this.numeric_precision = precision;
    this.numeric_scale = scale;
  }
  get name(): string {
    return this.column;
  }
  get quoted(): string {
    return identifier(this.column);
  }
  get data_type(): string {
    const { dtype, char_size: size, numeric_precision: precision, numeric_scale: scale } = this;
    if (dtype.toLowerCase() === 'text' || (dtype.toLowerCase() === 'character varying' && size === null)) return dtype;
    if (this.is_string()) return `character varying(${this.string_size()})`;
    return this.is_numeric() && precision !== null && scale !== null ? `${dtype}(${precision},${scale})` : dtype;
  }
  get expanded_data_type(): string {
    return this.data_type;
  }
  is_string(): boolean {
    return TEXTS.includes(this.dtype.toLowerCase());
  }
  is_number(): boolean {
    return this.is_integer() || this.is_numeric() || this.is_float();
  }
  is_integer(): boolean {
    return INTEGERS.includes(this.dtype.toLowerCase());
  }
  is_float(): boolean {
    return FLOATS.includes(this.dtype.toLowerCase());
  }
  is_numeric(): boolean {
    return ['numeric', 'decimal'].includes(this.dtype.toLowerCase());
  }
  string_size(): number {
    return this.dtype === 'text' ? 256 : (this.char_size ?? 256);
  }
  can_expand_to(other: Column): boolean {
    return this.is_string() && other.is_string() && other.string_size() > this.string_size();
  }
  literal(value: unknown): string {
    return `${text(value)}::${this.data_type}`;
  }
  toString(): string {
    return `<Column ${this.name} (${this.data_type})>`;
  }
}

/** `api.Column`: a column by its parts, and how dbt names types. */
export const columnClass = Object.assign(
  (...given: unknown[]): Column => {
    const takes = ['column', 'dtype', 'char_size', 'numeric_precision', 'numeric_scale'];
    const { column, dtype, ...sizes } = nameArguments('api.Column', takes, given);
    const size = (name: string): number | null => (typeof sizes[name] === 'number' ? sizes[name] : null);
    return new Column(
      String(column),
      String(dtype),
      size('char_size'),
      size('numeric_precision'),
      size('numeric_scale'),
    );
  },
  {
    create: (...given: unknown[]): Column => {
      const { name, label_or_dtype: type } = nameArguments('api.Column.create', ['name', 'label_or_dtype'], given);
      return new Column(String(name), translateType(type));
    },
    translate_type: translateType,
    numeric_type: (type: unknown, precision: unknown, scale: unknown): string =>
      precision === null || scale === null ? String(type) : `${text(type)}(${text(precision)},${text(scale)})`,
    string_type: (size: unknown): string => `character varying(${text(size)})`,
  },
);

function translateType(type: unknown): string {
  return String(type).toUpperCase() === 'STRING' ? 'TEXT' : String(type);
}
