import type { LandedColumn, Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { identifier, relation } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { createLandedViews, setLandedViewsAside } from './landed-views.ts';

/** The engine's own columns of a history. */
const OWN = ['_row_hash', '_from_run', '_to_run'];

/**
 * Makes the history ready for a pull of these columns and says whether it stands: `new` when the pull's own table has become it,
 * so that every row of it is in place already.
 */
export async function prepareHistory(
  input: {
    readonly run: RunRef;
    readonly manifest: Manifest;
    readonly besideTable: string;
    readonly fullRefresh: boolean;
    /** False when no earlier pull left a state: what stands there was landed by an older version. */
    readonly hasState: boolean;
  },
  session: Session,
): Promise<'new' | 'standing'> {
  const { manifest, run } = input;
  const { schema, historyName } = landedTable(manifest.source, manifest.table);
  const standing = await historyColumns(schema, historyName, session);
  if (standing.length > 0) {
    if (input.hasState && startsWith(manifest.columns, standing)) {
      await addColumns(manifest, standing.length, session);
      return 'standing';
    }
    if (input.hasState && !input.fullRefresh) {
      throw new EngineError(
        'LAND_SCHEMA_CHANGED',
        `${manifest.source}.${manifest.table} changed its columns: ${difference(standing, manifest.columns)}`,
      );
    }
    // Nothing is lost: the rows of the old shape stay readable under names that say until when they stood, also for the models
    // that are published from them until new ones are.
    await setLandedViewsAside({ manifest, run }, session);
    await setHistoryAside({ manifest, run }, session);
  }
  await adoptBeside(input, session);
  return 'new';
}

/** The first pull's table becomes the history as it is: no row is written twice. */
async function adoptBeside(
  input: { readonly run: RunRef; readonly manifest: Manifest; readonly besideTable: string },
  session: Session,
): Promise<void> {
  const { manifest, run } = input;
  const { schema, history, historyName } = landedTable(manifest.source, manifest.table);
  await session.execute(
    `alter table ${relation(schema, input.besideTable)}
       add column _from_run bigint not null default ${BigInt(run.runNo)}, add column _to_run bigint`,
  );
  await session.execute(`alter table ${relation(schema, input.besideTable)} rename to ${identifier(historyName)}`);
  await session.execute(`alter table ${history} alter column _from_run drop default`);
  // An incremental pull looks its window, and the keys that came, up among the standing rows.
  const indexed = manifest.mode === 'incremental' ? [[manifest.window?.column ?? ''], manifest.key] : [];
  for (const columns of indexed.filter((each) => each.length > 0)) {
    await session.execute(
      `create index on ${history} (${columns.map((column) => indexColumn(column, manifest)).join(', ')}) where _to_run is null`,
    );
  }
  await session.execute(`analyze ${history}`);
  await createLandedViews({ manifest, run }, session);
}

function indexColumn(name: string, manifest: Manifest): string {
  const isCursor = name === manifest.window?.column;
  const type = manifest.columns.find((column) => column.name === name)?.type ?? '';
  return `${identifier(name)}${isCursor && /^(text|character)/.test(type) ? ' collate "C"' : ''}`;
}

async function addColumns(manifest: Manifest, from: number, session: Session): Promise<void> {
  const added = manifest.columns.slice(from);
  if (added.length === 0) return;
  const { history } = landedTable(manifest.source, manifest.table);
  const clauses = added.map(({ name, type }) => `add column ${identifier(name)} ${type}`);
  await session.execute(`alter table ${history} ${clauses.join(', ')}`);
}

async function setHistoryAside(
  { manifest, run }: { readonly manifest: Manifest; readonly run: RunRef },
  session: Session,
): Promise<void> {
  const { history, movedPrefix } = landedTable(manifest.source, manifest.table);
  await session.execute(`alter table ${history} rename to ${identifier(`${movedPrefix}${run.runNo}`)}`);
}

/** The source's columns of a history, in order; none when there is no history. */
async function historyColumns(schema: string, name: string, session: Session): Promise<readonly LandedColumn[]> {
  const rows = await session.query(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
     order by a.attnum`,
    [schema, name],
  );
  return rows
    .map((row) => ({ name: row['name'] as string, type: row['type'] as string }))
    .filter((column) => !OWN.includes(column.name));
}

function startsWith(columns: readonly LandedColumn[], standing: readonly LandedColumn[]): boolean {
  return standing.every(({ name, type }, at) => columns[at]?.name === name && columns[at].type === type);
}

/** Names what was there; a new column only by its place, because a file that lost its header has values for names. */
function difference(standing: readonly LandedColumn[], found: readonly LandedColumn[]): string {
  const text = ({ name, type }: LandedColumn): string => `${name} ${type}`;
  const [before, now] = [standing.map(text), found.map(text)];
  const gone = before.filter((column) => !now.includes(column)).map((column) => `${column} is gone`);
  const fresh = now.flatMap((column, at) => (before.includes(column) ? [] : [`column ${at + 1} is new`]));
  return [...gone, ...fresh].join(', ') || 'they stand in another order';
}
