import { didYouMean } from '../config/did-you-mean.ts';
import type { ComparedColumn, ComparedKind, Comparison } from '../connectors/comparison.ts';
import type { DiffOptions, DiffSide } from '../contracts/diff.ts';
import { EngineError } from '../errors.ts';

/** As what two values are compared. */
export type ComparedAs =
  | 'number'
  | 'float'
  | 'text'
  | 'uuid'
  | 'bytes'
  | 'date'
  | 'timestamp'
  | 'moment'
  | 'time'
  | 'json'
  | 'boolean'
  | 'printed';

/** A column of A and the one of B that it is compared with. */
export interface ColumnPair {
  /** As A names it. */
  readonly name: string;
  readonly a: ComparedColumn;
  readonly b: ComparedColumn;
  readonly as: ComparedAs;
  /** Largest difference that counts as none, as decimal text; null for none at all. */
  readonly tolerance: string | null;
}

export interface PairedColumns {
  readonly key: readonly ColumnPair[];
  /** All compared columns in A's order, the key among them. */
  readonly all: readonly ColumnPair[];
  readonly notes: readonly string[];
}

interface Side {
  readonly side: DiffSide;
  readonly table: Comparison;
}

/** Finds which columns are compared with which, as what, and by which key rows are matched. Refuses by name what cannot be exact. */
export function pairColumns(a: Side, b: Side, options: DiffOptions): PairedColumns {
  const notes: string[] = [];
  const theirName = (name: string): string => options.map[name] ?? name;
  for (const [ours, theirs] of Object.entries(options.map)) {
    findColumn(a, ours);
    findColumn(b, theirs);
  }
  const keyNames = keyOf(a, b, options);
  const keys = keyNames.map((name) => findColumn(a, name));
  const wanted = options.columns.map((name) => findColumn(a, name));
  const excluded = new Set(options.exclude.map((name) => findColumn(a, name, b).name));
  const mappedTo = new Set(Object.values(options.map));
  const chosen = a.table.columns.filter((column) => {
    if (keys.includes(column)) return true;
    if (excluded.has(column.name)) return false;
    return wanted.length > 0 ? wanted.includes(column) : !a.side.hidden.includes(column.name);
  });

  const pairs: ColumnPair[] = [];
  const onlyA: string[] = [];
  for (const column of chosen) {
    const needed = keys.includes(column) || wanted.includes(column) || Object.hasOwn(options.map, column.name);
    const other = needed ? findColumn(b, theirName(column.name)) : lookUp(b, theirName(column.name));
    if (
      other === undefined ||
      (!needed &&
        (b.side.hidden.includes(other.name) || (mappedTo.has(other.name) && theirName(column.name) !== other.name)))
    ) {
      if (other === undefined) onlyA.push(column.name);
      continue;
    }
    pairs.push(pair(column, other, { a, b, options, isKey: keys.includes(column) }));
  }
  const paired = new Set(pairs.map(({ b: { name } }) => name));
  const onlyB = b.table.columns
    .map(({ name }) => name)
    .filter((name) => wanted.length === 0 && !paired.has(name) && !b.side.hidden.includes(name) && !excluded.has(name));
  if (onlyA.length > 0) notes.push(`not compared, only in ${a.side.called}: ${onlyA.join(', ')}`);
  if (onlyB.length > 0) notes.push(`not compared, only in ${b.side.called}: ${onlyB.join(', ')}`);
  const hidden = [...new Set([...a.side.hidden, ...b.side.hidden])].filter(
    (name) => !name.startsWith('_') && !paired.has(name) && lookUp(a, name) !== undefined,
  );
  if (hidden.length > 0) notes.push(`not compared, personal data that does not land as it is: ${hidden.join(', ')}`);
  const json = pairs.filter(({ as }) => as === 'json').map(({ name }) => name);
  if (json.length > 0) notes.push(`compared as JSON values, not as texts: ${json.join(', ')}`);
  return { key: keys.flatMap(({ name }) => pairs.filter((each) => each.name === name)), all: pairs, notes };
}

function keyOf(a: Side, b: Side, options: DiffOptions): readonly string[] {
  if (options.key.length > 0) return options.key;
  const ours = (theirs: string): string =>
    Object.entries(options.map).find(([, name]) => name === theirs)?.[0] ?? theirs;
  const known = [a.side.key, b.side.key.map(ours), a.table.primaryKey, b.table.primaryKey.map(ours)].find(
    (names) => names.length > 0 && names.every((name) => lookUp(a, name) !== undefined),
  );
  if (known !== undefined) return known;
  throw new EngineError(
    'DIFF_KEY_UNKNOWN',
    `${a.side.called} and ${b.side.called}: neither declares a key, nor has a primary key`,
  );
}

function lookUp({ table }: Side, name: string): ComparedColumn | undefined {
  const exact = table.columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const near = table.columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  return near.length === 1 ? near[0] : undefined;
}

function findColumn(side: Side, name: string, orIn?: Side): ComparedColumn {
  const found = lookUp(side, name) ?? (orIn && lookUp(orIn, name));
  if (found !== undefined) return found;
  const names = side.table.columns.map((column) => column.name);
  throw new EngineError('DIFF_UNKNOWN', `${side.side.called} has no column ${name}${didYouMean(name, names)}`);
}

function pair(
  a: ComparedColumn,
  b: ComparedColumn,
  how: { readonly a: Side; readonly b: Side; readonly options: DiffOptions; readonly isKey: boolean },
): ColumnPair {
  const { options, isKey } = how;
  const named = options.tolerance[a.name];
  const areNumbers = NUMBERS.has(a.kind) && NUMBERS.has(b.kind);
  if (named !== undefined && (!areNumbers || isKey)) {
    throw new EngineError(
      'DIFF_INVALID',
      `--tolerance ${a.name}: ${isKey ? 'a column of the key is compared as it is' : `it is ${a.type}, and a tolerance is for numbers`}`,
    );
  }
  const tolerance = named ?? (areNumbers && !isKey ? (options.tolerance['*'] ?? null) : null);
  const as = comparedAs(a.kind, b.kind, how.a.table.dialect === how.b.table.dialect, tolerance !== null);
  const what = `${how.a.side.called}.${a.name} is ${a.type} and ${how.b.side.called}.${b.name} is ${b.type}`;
  if (as === undefined) throw new EngineError('DIFF_REFUSED', `${what}: ${whyNot(a.kind, b.kind)}`);
  if (isKey && (as === 'float' || as === 'json')) {
    throw new EngineError('DIFF_REFUSED', `${what}: a key of such values has no exact form`);
  }
  return { name: a.name, a, b, as, tolerance };
}

const NUMBERS: ReadonlySet<ComparedKind> = new Set(['integer', 'decimal', 'float']);

const SAME: Readonly<Record<ComparedKind, ComparedAs>> = {
  integer: 'number',
  decimal: 'number',
  float: 'float',
  boolean: 'boolean',
  text: 'text',
  character: 'text',
  date: 'date',
  timestamp: 'timestamp',
  moment: 'moment',
  time: 'time',
  bytes: 'bytes',
  uuid: 'uuid',
  json: 'json',
  other: 'printed',
};

function comparedAs(
  a: ComparedKind,
  b: ComparedKind,
  isOneDialect: boolean,
  isTolerant: boolean,
): ComparedAs | undefined {
  if (a === 'other' || b === 'other') {
    const rest = a === 'other' ? b : a;
    // An enum, or a type of one engine, is what it prints.
    return (isOneDialect && rest === 'other') || SAME[rest] === 'text' ? 'printed' : undefined;
  }
  if (SAME[a] === SAME[b]) return SAME[a];
  const kinds = new Set([a, b]);
  const areOf = (...wanted: ComparedKind[]): boolean => [...kinds].every((kind) => wanted.includes(kind));
  // Both as the decimal number that is printed, which is what the tolerance is of.
  if (areOf('integer', 'decimal', 'float')) return isTolerant ? 'number' : undefined;
  if (areOf('boolean', 'integer')) return 'boolean';
  if (areOf('uuid', 'text', 'character')) return 'uuid';
  return undefined;
}

function whyNot(a: ComparedKind, b: ComparedKind): string {
  const kinds = [a, b];
  if (kinds.includes('timestamp') && kinds.includes('moment'))
    return 'one is a moment, the other a time of day without a zone, and nothing says which zone it is of';
  if (kinds.includes('float') && kinds.some((kind) => kind === 'integer' || kind === 'decimal'))
    return 'a float holds few decimal numbers exactly; a --tolerance compares them';
  return 'values of these types have no common exact form';
}
