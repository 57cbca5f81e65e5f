import { EngineError } from '../errors.ts';
import type { ReadRequest, TableRead } from './connector.ts';
import { subtractFromCursor } from './cursor-value.ts';
import { readMysqlFigures } from './mysql-figures.ts';
import { findMysqlRelation, placeOf } from './mysql-relation.ts';
import type { MysqlColumn, MysqlRelation } from './mysql-relation.ts';
import { readMysqlTexts, streamMysqlRows } from './mysql-rows.ts';
import type { MysqlField } from './mysql-rows.ts';
import type { MysqlSession } from './mysql-session.ts';
import type { MysqlSnapshot } from './mysql-snapshot.ts';
import { refuseWarnings } from './mysql-warnings.ts';
import { largestMysqlValue, mysqlWindow } from './mysql-window.ts';
import type { MysqlWindow } from './mysql-window.ts';
import { reconcileColumns } from './reconcile-columns.ts';

export interface MysqlSource {
  readonly session: MysqlSession;
  readonly snapshot: MysqlSnapshot;
  readonly database: string | null;
  /** The connection's name. */
  readonly connection: string;
}

/** Reads one table of the snapshot: its figures first, so that no row is sent of a table that would be refused. */
export async function readMysqlTable(request: ReadRequest, source: MysqlSource): Promise<TableRead> {
  const { table, standing } = request;
  const { session, snapshot } = source;
  const relation = await findMysqlRelation({ table, ...source });
  const { called, columns: found } = relation;
  const reconciled = reconcileColumns({ table, called, found, standing });
  const { window, upper } = await planWindow(request, relation, session);

  const fields = reconciled.columns.map(({ type }, at): MysqlField => {
    const index = reconciled.from[at] ?? null;
    const column = index === null ? null : (found[index] ?? null);
    return { column, asText: column !== null && column.type !== type };
  });
  const columns = fields.flatMap(({ column }) => (column === null ? [] : [column]));
  const added = reconciled.rejectWhenSet.map((name) => found.find((column) => column.name === name) as MysqlColumn);
  const lands = added.length === 0 ? null : `(${added.map(({ quoted }) => `${quoted} is null`).join(' and ')})`;
  const withWhole = request.window?.toIncluded ?? false;
  const figures = await readMysqlFigures({ table, relation, columns, lands, window, upper, withWhole }, session);
  const query = select(columns, relation, [window?.within, lands]);

  return {
    system: snapshot.system,
    snapshotId: snapshot.id,
    query,
    bindings: request.window ? { from: request.window.from, to: upper } : {},
    columns: reconciled.columns,
    rows: (async function* () {
      const end = yield* streamMysqlRows(query, fields, { session, table, relation });
      await refuseWarnings(session, table, called);
      await keepAside(request, { relation, added, lands, window }, session);
      yield end;
    })(),
    figures: () => {
      const { added: addedNames, missing, discarded } = reconciled;
      return Promise.resolve({ ...figures, drift: { added: addedNames, missing, discarded } });
    },
  };
}

/** Fixes the upper bound before a row is read. Without one that was asked for, the largest value belongs to the window. */
async function planWindow(
  { table, window }: ReadRequest,
  { called, from: relation, columns }: MysqlRelation,
  session: MysqlSession,
): Promise<{ readonly window: MysqlWindow | null; readonly upper: string | null }> {
  if (!window) return { window: null, upper: null };
  const { from, to, lag } = window;
  const column = columns.find(({ name }) => name === window.column);
  if (!column) {
    throw new EngineError('EXTRACT_COLUMN_MISSING', `${called} has no column ${window.column}`, {
      place: placeOf(table),
    });
  }
  let upper = to;
  if (upper === null) {
    const [row] = await session.ask(largestMysqlValue(column, relation));
    const largest = row?.[0] ? (column.wire.text(row[0]) ?? null) : null;
    // MySQL prints the zeros at the end of a fraction, and what is kept of a bound is as Postgres prints it.
    const amount = lag ?? (column.type.startsWith('timestamp') ? '0 seconds' : null);
    upper = largest !== null && amount !== null ? subtractFromCursor(column.type, largest, amount) : largest;
  }
  const upperIncluded = window.toIncluded || to === null;
  return { window: mysqlWindow({ column, from, upper, upperIncluded, withNulls: window.toIncluded }), upper };
}

function select(
  columns: readonly MysqlColumn[],
  relation: MysqlRelation,
  conditions: readonly (string | null | undefined)[],
): string {
  const given = conditions.filter((condition) => typeof condition === 'string');
  const where = given.length > 0 ? ` where ${given.join(' and ')}` : '';
  // A table may have lost all that landed of it; its rows still count.
  const list = columns.length > 0 ? columns.map(({ wire, quoted }) => wire.select(quoted)).join(', ') : 'null';
  return `select ${list} from ${relation.from}${where}`;
}

/** A row that is kept aside stays in memory whole. */
const MAX_REJECTED_BYTES = 16 * 1024 * 1024;

/** Hands over the rows with a value in a column that the policy leaves out, as JSON of texts; of personal data nothing. */
async function keepAside(
  { table, reject }: ReadRequest,
  plan: {
    readonly relation: MysqlRelation;
    readonly added: readonly MysqlColumn[];
    readonly lands: string | null;
    readonly window: MysqlWindow | null;
  },
  session: MysqlSession,
): Promise<void> {
  const { relation, added, lands, window } = plan;
  if (lands === null) return;
  const tagged = new Set(table.columns.filter(({ pii }) => pii !== undefined).map(({ name }) => name));
  const isTagged = ({ name }: MysqlColumn): boolean => tagged.has(name);
  const kept = relation.columns.filter((column) => !isTagged(column) || added.includes(column));
  let row = 0;
  await readMysqlTexts(select(kept, relation, [window?.within, `not ${lands}`]), kept, session, async (texts) => {
    row += 1;
    const at = `${relation.called}, row ${row} of those kept aside`;
    const json = JSON.stringify(Object.fromEntries([...texts].filter(([name]) => !tagged.has(name))));
    if (json.length > MAX_REJECTED_BYTES) {
      throw new EngineError('EXTRACT_CEILING', `${at} is larger than ${MAX_REJECTED_BYTES} bytes`);
    }
    const set = added.filter(({ name }) => texts.get(name) !== null).map(({ name }) => name);
    await reject({ at, reason: `a value in the new column ${set.join(', ')}`, row: json });
  });
}
