import type { ColumnDrift, LandedColumn } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

export interface ReconcileInput {
  readonly table: DeclaredSource;
  /** How the source calls the table, for messages: `public.invoices`, `ledger.csv`. */
  readonly called: string;
  /**
   * The source's columns in its order, each with the type it would land as. A source of records without a fixed list of
   * columns counts the declared ones among them.
   */
  readonly found: readonly LandedColumn[];
  /** The columns that have landed before, in their order; null before the first pull. */
  readonly standing: readonly LandedColumn[] | null;
  /** The code of a refused name; EXTRACT_TYPE_REFUSED when left out. */
  readonly refusal?: ErrorCode;
}

export interface ReconciledColumns extends ColumnDrift {
  /** In the order they land: the standing ones first, new ones after them. */
  readonly columns: readonly LandedColumn[];
  /** For each of `columns` its index in `found`; null when the source no longer has it: it lands as null. */
  readonly from: readonly (number | null)[];
  /** New columns under `discard_row`: a row that holds a value in one of them is rejected. */
  readonly rejectWhenSet: readonly string[];
}

/** Which of a source's columns land, as what and where, under the table's drift policy; or the refusal that names what differs. */
export function reconcileColumns(input: ReconcileInput): ReconciledColumns {
  const { table, called, found } = input;
  if (found.length === 0) refuse(input, `${called} has no columns`);
  const pii = new Map(table.columns.map((column) => [column.name, column.pii]));
  refuseNames(input, (name) => pii.get(name) === 'drop');
  const offered = found.flatMap(({ name, type }, index) => {
    const tag = pii.get(name);
    // What masks a value gives a text.
    return tag === 'drop' ? [] : [{ name, type: tag === undefined ? type : 'text', index }];
  });
  if (offered.length === 0) refuse(input, `${called} has no columns but those that are left out by pii: drop`);
  refuseRoles(input);

  const standing = input.standing ?? offered;
  const standingNames = new Set(standing.map(({ name }) => name));
  const offeredBy = new Map(offered.map((column) => [column.name, column]));
  const added = offered.filter(({ name }) => !standingNames.has(name));
  const missing = standing.filter(({ name }) => !offeredBy.has(name)).map(({ name }) => name);
  const addedNames = added.map(({ name }) => name);
  refuseDrift(input, { standing, offeredBy, added: addedNames, missing });

  const landed = [...standing, ...(table.schema_drift === 'evolve' ? added : [])];
  return {
    columns: landed.map(({ name, type }) => ({ name, type })),
    from: landed.map(({ name }) => offeredBy.get(name)?.index ?? null),
    added: addedNames,
    missing,
    discarded: table.schema_drift === 'evolve' ? [] : addedNames,
    rejectWhenSet: table.schema_drift === 'discard_row' ? addedNames : [],
  };
}

/** Postgres refuses a table with these. */
const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);
const MAX_NAME_BYTES = 63;

/** Every name that is to land must be one that the warehouse can have; a name may stand once, landed or not. */
function refuseNames(input: ReconcileInput, isDropped: (name: string) => boolean): void {
  const first = new Map<string, number>();
  for (const [index, { name }] of input.found.entries()) {
    const at = `${input.called}: column ${index + 1}`;
    const twin = first.get(name);
    if (twin !== undefined) refuse(input, `${at} has the same name as column ${twin + 1}: ${shorten(name)}`);
    first.set(name, index);
    if (isDropped(name)) continue;
    if (name === '') refuse(input, `${at} has no name`);
    if (!name.isWellFormed() || name.includes('\0')) refuse(input, `${at} has a name that is not valid UTF-8 text`);
    const bytes = Buffer.byteLength(name);
    if (bytes > MAX_NAME_BYTES) {
      refuse(input, `${at} has a name of ${bytes} bytes, and ${MAX_NAME_BYTES} is the most: ${shorten(name)}`);
    }
    if (name.startsWith('_')) refuse(input, `${at} is called ${name}: names that begin with _ are the engine's own`);
    if (SYSTEM_COLUMNS.has(name))
      refuse(input, `${at} is called ${name}: Postgres has a column of its own by that name`);
  }
}

/** What sources.yml names must be there, and must land in a form that serves its purpose. */
function refuseRoles({ table, called, found, standing }: ReconcileInput): void {
  const place = { file: table.declaredIn, line: table.line };
  const names = new Set(found.map(({ name }) => name));
  const roles: readonly (readonly [role: string, columns: readonly string[], kept: readonly string[]])[] = [
    // A keyed hash still tells rows apart; four characters do not.
    ['key', table.key, ['hash']],
    ['control_totals', table.control_totals, []],
    ['cursor', table.cursor ? [table.cursor.column] : [], []],
    ['period', table.period === undefined ? [] : [table.period], []],
  ];
  const stands = new Set(standing?.map(({ name }) => name));
  const absent = [
    ...roles.flatMap(([, columns]) => columns.filter((column) => !names.has(column))),
    // A declared column that once landed is drift; one that never did is a name that was mistyped, and its tag would be lost.
    ...table.columns.filter(({ name }) => !names.has(name) && !stands.has(name)).map(({ name }) => name),
  ];
  if (absent.length > 0) {
    const list = [...new Set(absent)].join(', ');
    throw new EngineError('EXTRACT_COLUMN_MISSING', `${called} has no column ${list}`, { place });
  }
  const tags = new Map(table.columns.map(({ name, pii }) => [name, pii]));
  for (const [role, columns, kept] of roles) {
    for (const column of columns) {
      const tag = tags.get(column);
      if (tag === undefined || kept.includes(tag)) continue;
      throw new EngineError('PROJECT_INVALID', `${called}: ${role} cannot be ${column}, which is pii: ${tag}`, {
        place,
      });
    }
  }
}

function refuseDrift(
  { table, called }: ReconcileInput,
  columns: {
    readonly standing: readonly LandedColumn[];
    readonly offeredBy: ReadonlyMap<string, LandedColumn>;
    readonly added: readonly string[];
    readonly missing: readonly string[];
  },
): void {
  const { standing, offeredBy, added, missing } = columns;
  const retyped = standing.flatMap(({ name, type }) => {
    const now = offeredBy.get(name)?.type ?? type;
    return now === type ? [] : [`${name} was ${type} and is ${now}`];
  });
  const policy = table.schema_drift;
  const needed = new Set([...table.key, ...table.control_totals, table.cursor?.column, table.period]);
  const leftOut = policy === 'evolve' ? [] : added.filter((name) => needed.has(name));
  const frozen = policy === 'freeze' && added.length + missing.length > 0;
  if (retyped.length === 0 && leftOut.length === 0 && !frozen) return;
  const changes = [
    ...(added.length > 0 ? [`new: ${added.join(', ')}`] : []),
    ...(missing.length > 0 ? [`gone: ${missing.join(', ')}`] : []),
    ...retyped,
    ...(leftOut.length > 0 && !frozen
      ? [`schema_drift: ${policy} leaves out what is needed: ${leftOut.join(', ')}`]
      : []),
  ];
  throw new EngineError('LAND_SCHEMA_CHANGED', `the columns of ${called} changed (${changes.join('; ')})`, {
    place: { file: table.declaredIn, line: table.line },
  });
}

function refuse({ table, refusal = 'EXTRACT_TYPE_REFUSED' }: ReconcileInput, message: string): never {
  throw new EngineError(refusal, message, { place: { file: table.declaredIn, line: table.line } });
}

/** A file without a header has values in its place: enough of it to find the column, no more. */
function shorten(name: string): string {
  return name.length > 24 ? `${name.slice(0, 24)}...` : name;
}
