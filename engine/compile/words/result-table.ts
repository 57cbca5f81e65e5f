import { DateTime } from '../python/datetime.ts';

/** A row of an answer as the warehouse gave it: every value is text or null. */
export type AnswerRow = Readonly<Record<string, string | null>>;

/** What a query that a template asked was answered. */
export interface Answer {
  readonly rows: readonly AnswerRow[];
  /** Postgres types by column, where they matter. */
  readonly types: Readonly<Record<string, string>>;
}

/** A list whose places have names too: `row[0]`, `row['total']`, `row.total`; agate's members. */
class NamedList {
  readonly length: number;
  readonly #names: readonly string[];
  readonly #values: readonly unknown[];

  constructor(names: readonly string[], values: readonly unknown[]) {
    this.#names = names;
    this.#values = values;
    this.length = values.length;
    for (const [index, value] of values.entries()) {
      Object.defineProperty(this, index, { value });
      Object.defineProperty(this, index - values.length, { value });
    }
    for (const [index, name] of names.entries()) {
      if (!(name in this)) Object.defineProperty(this, name, { value: values[index] });
    }
  }
  [Symbol.iterator](): IterableIterator<unknown> {
    return this.#values.values();
  }
  keys(): readonly string[] {
    return this.#names;
  }
  values(): readonly unknown[] {
    return this.#values;
  }
  items(): readonly (readonly [string, unknown])[] {
    return this.#names.map((name, index) => [name, this.#values[index]]);
  }
  get(name: unknown, otherwise: unknown = null): unknown {
    const index = typeof name === 'number' ? name : this.#names.indexOf(String(name));
    return index >= 0 && index < this.length ? this.#values[index] : otherwise;
  }
  dict(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.items());
  }
}

class ResultColumn extends NamedList {
  readonly name: string;
  readonly index: number;
  constructor(name: string, index: number, values: readonly unknown[]) {
    super([], values);
    this.name = name;
    this.index = index;
  }
  values_distinct(): readonly unknown[] {
    return [...new Set(this.values())];
  }
  values_without_nulls(): readonly unknown[] {
    return this.values().filter((value) => value !== null);
  }
}

/** What run_query gives: it is the list of its rows, and has agate's members. */
export class ResultTable extends NamedList {
  readonly column_names: readonly string[];
  readonly columns: NamedList;
  readonly rows: readonly NamedList[];

  constructor({ rows, types }: Answer) {
    const names = Object.keys(rows[0] ?? types);
    const values = rows.map((row) => names.map((name) => valueOf(row[name] ?? null, types[name])));
    const list = values.map((row) => new NamedList(names, row));
    super([], list);
    this.column_names = names;
    this.rows = list;
    this.columns = new NamedList(
      names,
      names.map(
        (name, index) =>
          new ResultColumn(
            name,
            index,
            values.map((row) => row[index]),
          ),
      ),
    );
  }
  /** Each row as a list of its values. */
  get data(): readonly (readonly unknown[])[] {
    return this.rows.map((row) => row.values());
  }
  print_table(): string {
    return '';
  }
}

const NUMBERS = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const TIMES = /^\d{4}-\d\d-\d\d(?: |$)/;

/** Columns of which the text alone does not tell what they are: a number, a truth, a time, or a text that looks like it. */
export function ambiguousColumns(rows: readonly AnswerRow[]): readonly string[] {
  return Object.keys(rows[0] ?? {}).filter((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    const all = (test: (value: string) => boolean): boolean => values.length > 0 && values.every(test);
    return (
      all((value) => NUMBERS.test(value)) ||
      all((value) => value === 't' || value === 'f') ||
      all((value) => TIMES.test(value))
    );
  });
}

/** As Python's driver would give it; a number that JavaScript would print otherwise stays the text that it is. */
function valueOf(text: string | null, type: string | undefined): unknown {
  if (text === null || type === undefined) return text;
  switch (type) {
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'oid':
    case 'numeric':
    case 'real':
    case 'double precision': {
      const number = Number(text);
      return String(number) === text ? number : text;
    }
    case 'boolean':
      return text === 't' || text === 'true';
    case 'date':
      return TIMES.test(text) ? DateTime.parse(text).date() : text;
    case 'timestamp without time zone':
    case 'timestamp with time zone':
      return TIMES.test(text) ? DateTime.parse(text) : text;
    default:
      return text;
  }
}
