import { randomBytes } from 'node:crypto';
import { openSource } from '../connectors/open-source.ts';
import type { DiffSide } from '../contracts/diff.ts';
import { EngineError } from '../errors.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { openWarehouse } from '../warehouse/warehouse.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { DiffDeps } from './diff-tables.ts';

interface Staged {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Takes away what was put into the warehouse. */
  readonly drop: () => Promise<void>;
}

type Pulled = DiffSide & { readonly at: Extract<DiffSide['at'], { readonly kind: 'pulled' }> };

/** Schemas of comparisons under way. Each holds a lock on its name: one that is free was left behind. */
const PREFIX = 'tickmark_diff_';

/** Reads sides that no SQL can be asked of, files and HTTP APIs, into tables of the warehouse that last as long as the comparison. */
export async function stagePulled(
  { a, b }: { readonly a: DiffSide; readonly b: DiffSide },
  deps: Pick<DiffDeps, 'warehouseUrl' | 'root' | 'signal'>,
): Promise<Staged> {
  const { warehouseUrl } = deps;
  if (!isPulled(a) && !isPulled(b)) return { a, b, drop: () => Promise.resolve() };
  if (warehouseUrl === null) throw new TypeError('rows are put into the warehouse, and none was opened');
  const warehouse = openWarehouse(warehouseUrl, { maxSessions: 2 });
  const schema = `${PREFIX}${randomBytes(6).toString('hex')}`;
  const holding = holdLock(schema, warehouse);
  const drop = async (): Promise<void> => {
    try {
      await warehouse.execute(`drop schema if exists ${identifier(schema)} cascade`);
    } finally {
      await holding.release();
      await warehouse.close();
    }
  };
  try {
    await holding.held;
    await dropLeftBehind(warehouse);
    await warehouse.execute(`create schema ${identifier(schema)}`);
    const put = async (side: DiffSide, table: string): Promise<DiffSide> => {
      if (!isPulled(side)) return side;
      await pull(side, { schema, table }, warehouse, deps);
      return { ...side, at: { kind: 'warehouse', schema, table } };
    };
    return { a: await put(a, 'a'), b: await put(b, 'b'), drop };
  } catch (error) {
    await drop();
    throw deps.signal.aborted ? new EngineError('INTERRUPTED', 'the comparison was interrupted') : error;
  }
}

function isPulled(side: DiffSide): side is Pulled {
  return side.at.kind === 'pulled';
}

async function pull(
  { at: { connection, table } }: Pulled,
  to: { readonly schema: string; readonly table: string },
  warehouse: Warehouse,
  { root, signal }: Pick<DiffDeps, 'root' | 'signal'>,
): Promise<void> {
  const source = await openSource(connection.config, { name: connection.name, root, signal });
  try {
    // Personal data stays where it is.
    const columns = table.columns.map((column) =>
      column.pii === undefined ? column : { ...column, pii: 'drop' as const },
    );
    const reject = (): Promise<void> => Promise.resolve();
    const read = await source.read({ table: { ...table, columns }, window: null, standing: null, reject, signal });
    const name = relation(to.schema, to.table);
    const described = read.columns.map((column) => `${identifier(column.name)} ${column.type}`);
    await warehouse.execute(`create unlogged table ${name} (${described.join(', ')})`);
    await warehouse.copyIn(`copy ${name} from stdin (format binary)`, read.rows);
    await warehouse.execute(`analyze ${name}`);
  } finally {
    await source.close();
  }
}

function holdLock(
  schema: string,
  warehouse: Warehouse,
): { readonly held: Promise<void>; readonly release: () => Promise<void> } {
  const held = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const holding = warehouse
    .transaction(async (session) => {
      await session.execute('set local idle_in_transaction_session_timeout = 0');
      await session.query(`select pg_advisory_xact_lock(${lockOf(literal(schema))})`);
      held.resolve();
      await over.promise;
    })
    .catch((error: unknown) => held.reject(error));
  held.promise.catch(() => undefined);
  return {
    held: held.promise,
    release: () => {
      over.resolve();
      return holding;
    },
  };
}

async function dropLeftBehind(warehouse: Warehouse): Promise<void> {
  await warehouse.transaction(async (session) => {
    const left = await session.query(
      `select nspname::text as name from pg_namespace
       where starts_with(nspname, ${literal(PREFIX)}) and pg_try_advisory_xact_lock(${lockOf('nspname::text')})`,
    );
    for (const row of left) await session.execute(`drop schema if exists ${identifier(row['name'] ?? '')} cascade`);
  });
}

function lockOf(name: string): string {
  return `hashtextextended(${name}, 0)`;
}
