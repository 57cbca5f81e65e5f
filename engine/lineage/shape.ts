import { combine, NOTHING, problem } from './flow.ts';
import type { Flow } from './flow.ts';

interface Column {
  readonly name: string;
  readonly flow: Flow;
}

/** Columns that nobody listed: those of a table whose catalog is not known, or of a query with `*` of such a table. */
interface Open {
  /** How a message names it. */
  readonly of: string;
  /** Names that are not among them, because a join has merged them into one of its own. */
  readonly without: ReadonlySet<string>;
  readonly column: (name: string) => Flow;
}

/** The columns of a relation or of a query, in order. */
export type Shape = readonly (Column | Open)[];

export function isOpen(entry: Column | Open): entry is Open {
  return 'of' in entry;
}

/** What a name stands for here; undefined when no column has it; `sure` is false when it only may stand here. */
export function findColumn(shape: Shape, name: string): { readonly flow: Flow; readonly sure: boolean } | undefined {
  const named = shape.filter((entry) => !isOpen(entry) && entry.name === name) as readonly Column[];
  if (named.length > 1) return { flow: problem(`more than one column is called ${name}`), sure: true };
  if (named[0] !== undefined) return { flow: named[0].flow, sure: true };
  const open = shape.filter(isOpen).filter(({ without }) => !without.has(name));
  const [first] = open;
  if (first === undefined) return undefined;
  if (open.length === 1) return { flow: first.column(name), sure: false };
  const whose = open.map(({ of }) => of).join(' or ');
  return { flow: problem(`${name} may be a column of ${whose}: their columns are not known`), sure: false };
}

/** Every column of it as one value. */
export function wholeRow(shape: Shape): Flow {
  return combine([
    NOTHING,
    ...shape.map((entry) => (isOpen(entry) ? problem(`the columns of ${entry.of} are not known`) : entry.flow)),
  ]);
}

/** The first columns under other names, as in `from t as x (a, b)`. */
export function renamed(shape: Shape, names: readonly string[]): Shape {
  if (names.length === 0) return shape;
  const firstOpen = shape.findIndex(isOpen);
  if (firstOpen === -1 || firstOpen >= names.length) {
    return shape.map((entry, at) => (isOpen(entry) ? entry : { ...entry, name: names[at] ?? entry.name }));
  }
  const open = shape[firstOpen] as Open;
  const lost = (name: string): Flow =>
    problem(`${name} names a column of ${open.of} by its position: its columns are not known`);
  return [
    ...names.map((name, at) => {
      const entry = at < firstOpen ? shape[at] : undefined;
      return { name, flow: entry === undefined || isOpen(entry) ? lost(name) : entry.flow };
    }),
    { of: open.of, without: new Set(names), column: lost },
  ];
}

/** Columns of branches that are laid over each other by position, under the names of the first. */
export function laidOver(branches: readonly Shape[]): Shape {
  const [first = []] = branches;
  const open = branches.flatMap((shape) => shape.filter(isOpen))[0];
  if (open === undefined) {
    return first.map((entry, at) => ({
      ...(entry as Column),
      flow: combine(branches.map((shape) => (shape[at] as Column | undefined)?.flow ?? NOTHING)),
    }));
  }
  const lost = (name: string): Flow =>
    problem(`${name} is matched by its position with a column of ${open.of}: its columns are not known`);
  return first.map((entry) =>
    isOpen(entry) ? { ...entry, column: lost } : { name: entry.name, flow: lost(entry.name) },
  );
}
