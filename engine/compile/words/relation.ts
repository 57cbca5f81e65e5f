import { identifier } from '../../sql-text.ts';
import { nameArguments } from './arguments.ts';

export type RelationType = 'table' | 'view' | 'cte' | 'external' | null;

type Part = 'database' | 'schema' | 'identifier';
const PARTS = ['database', 'schema', 'identifier'] as const;
type Policy = Readonly<Record<Part, boolean>>;

interface RelationParts {
  readonly database?: string | null;
  readonly schema?: string | null;
  readonly identifier?: string | null;
  readonly type?: RelationType;
  readonly include?: Policy;
  readonly quoting?: Policy;
  /** What it prints instead of its name: a query in brackets, a function's call. */
  readonly text?: string | undefined;
  /** Only rows of this slice; put in when it is printed, not when it is rendered by hand. */
  readonly slice?: { readonly column: string; readonly start: string; readonly end: string } | undefined;
  /** Prints itself without rows. */
  readonly empty?: boolean;
  /** What it is called where it is live, when this names it where it is being built. */
  readonly live?: Relation | undefined;
}

/** What may stand without quotes, even when it is asked to. */
const SIMPLE = /^[A-Za-z_][\w$]*$/;

const INCLUDED: Policy = { database: false, schema: true, identifier: true };
const QUOTED: Policy = { database: true, schema: true, identifier: true };

/** What ref, source and this give: it prints as the quoted relation, and has dbt's members. */
export class Relation {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string | null;
  readonly type: RelationType;
  readonly #parts: RelationParts;
  #text: string | undefined;

  constructor(parts: RelationParts) {
    this.#parts = parts;
    this.database = parts.database ?? null;
    this.schema = parts.schema ?? null;
    this.identifier = parts.identifier ?? null;
    this.type = parts.type ?? null;
  }

  get name(): string | null {
    return this.identifier;
  }
  get table(): string | null {
    return this.identifier;
  }
  get is_table(): boolean {
    return this.type === 'table';
  }
  get is_view(): boolean {
    return this.type === 'view';
  }
  get is_cte(): boolean {
    return this.type === 'cte';
  }
  get is_pointer(): boolean {
    return false;
  }

  include(...given: unknown[]): Relation {
    return new Relation({
      ...this.#parts,
      text: undefined,
      include: { ...this.#included(), ...policyIn('include', given) },
    });
  }
  quote(...given: unknown[]): Relation {
    return new Relation({ ...this.#parts, quoting: { ...this.#quoting(), ...policyIn('quote', given) } });
  }
  without_identifier(): Relation {
    return this.include({ __keywords: true, identifier: false });
  }
  replace_path(...given: unknown[]): Relation {
    return new Relation({ ...this.#parts, text: undefined, ...nameArguments('replace_path', PARTS, given) });
  }
  incorporate(...given: unknown[]): Relation {
    const { path, type } = nameArguments('incorporate', ['path', 'type'], given) as {
      path?: object;
      type?: RelationType;
    };
    return new Relation({ ...this.#parts, ...path, ...(type === undefined ? {} : { type }) });
  }
  information_schema(...given: unknown[]): Relation {
    const { view_name: view } = nameArguments('information_schema', ['view_name'], given);
    return new Relation({
      schema: 'information_schema',
      identifier: typeof view === 'string' ? view : null,
      quoting: { database: true, schema: false, identifier: false },
    });
  }

  /** The bare relation, also of one that shows a slice only. */
  render(): string {
    return (this.#text ??= this.#parts.text ?? this.#named());
  }

  toString(): string {
    const { slice, empty } = this.#parts;
    const bare = this.render();
    if (slice) {
      const { column, start, end } = slice;
      return `(select * from ${bare} where ${column} >= '${start}' and ${column} < '${end}')`;
    }
    return empty ? `(select * from ${bare} where false limit 0)` : bare;
  }

  #named(): string {
    const include = this.#included();
    const quoting = this.#quoting();
    let text = '';
    for (const part of PARTS) {
      const name = this[part];
      if (name === null || !include[part]) continue;
      text += (text === '' ? '' : '.') + (quoting[part] || !SIMPLE.test(name) ? identifier(name) : name);
    }
    return text;
  }
  #included(): Policy {
    return this.#parts.include ?? INCLUDED;
  }
  #quoting(): Policy {
    return this.#parts.quoting ?? QUOTED;
  }

  equals(other: unknown): boolean {
    return other instanceof Relation && other.toString() === this.toString();
  }

  /** What it is called where it is live. */
  get shown(): string {
    return (this.#parts.live ?? this).render();
  }

  /** The same with these parts changed. */
  with(parts: RelationParts): Relation {
    return new Relation({ ...this.#parts, ...parts });
  }
}

const QUALIFIED = /^"((?:[^"]|"")+)"\."((?:[^"]|"")+)"$/;

/** The relation that SQL names, `"schema"."name"`; any other SQL stands for a query or a call. */
export function relationOfSql(sql: string): Relation {
  const [, schema, name] = QUALIFIED.exec(sql) ?? [];
  if (schema === undefined || name === undefined) return new Relation({ text: sql, type: 'cte' });
  return new Relation({ schema: schema.replaceAll('""', '"'), identifier: name.replaceAll('""', '"') });
}

function policyIn(word: string, given: readonly unknown[]): Partial<Policy> {
  const named = nameArguments(word, PARTS, given);
  return Object.fromEntries(Object.entries(named).map(([part, value]) => [part, Boolean(value)]));
}
