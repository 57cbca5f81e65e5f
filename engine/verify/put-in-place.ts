import type { Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session } from '../warehouse/warehouse.ts';

export interface Change {
  readonly added: bigint;
  readonly removed: bigint;
  readonly changedKeys: bigint;
}

/**
 * Makes the landed table say what the pull found, by difference: rows that stand already are left alone, new rows are added,
 * vanished rows are closed with this run's number and kept. Equal rows are matched one to one, so a doubled row stays doubled
 * and nothing else does.
 */
export async function putInPlace(
  input: {
    readonly run: RunRef;
    readonly source: string;
    readonly table: string;
    readonly besideTable: string;
    readonly manifest: Manifest;
    readonly fullRefresh: boolean;
  },
  session: Session,
): Promise<Change> {
  const { run, source, table, manifest } = input;
  const { schema, history } = landedTable(source, table);
  const beside = relation(schema, input.besideTable);
  const columns = manifest.columns.map(({ name }) => identifier(name));
  const runNo = literal(BigInt(run.runNo));

  await prepareHistory(input, session);

  // Equal rows are numbered, so that the difference is one of multisets.
  await session.execute(
    `create temporary table incoming on commit drop as
     select ctid as row_at, _row_hash, row_number() over (partition by _row_hash) as _copy_no from ${beside}`,
  );
  await session.execute('create unique index on incoming (_row_hash, _copy_no)');
  await session.execute('analyze incoming');
  const removed = await session.execute(
    `update ${history} as h set _to_run = ${runNo}
     where h._to_run is null
       and not exists (select 1 from incoming i where i._row_hash = h._row_hash and i._copy_no = h._copy_no)`,
  );
  const added = await session.execute(
    `insert into ${history} (${columns.join(', ')}, _row_hash, _copy_no, _from_run)
     select ${columns.map((column) => `b.${column}`).join(', ')}, b._row_hash, i._copy_no, ${runNo}
     from incoming i
     join ${beside} b on b.ctid = i.row_at
     where not exists (
       select 1 from ${history} h where h._to_run is null and h._row_hash = i._row_hash and h._copy_no = i._copy_no
     )`,
  );
  await session.execute('drop table incoming');
  const changedKeys = added > 0n && removed > 0n ? await countChangedKeys(manifest.key, history, runNo, session) : 0n;
  return { added, removed, changedKeys };
}

async function prepareHistory(
  input: {
    readonly run: RunRef;
    readonly source: string;
    readonly table: string;
    readonly manifest: Manifest;
    readonly fullRefresh: boolean;
  },
  session: Session,
): Promise<void> {
  const { source, table, manifest, run } = input;
  const { schema, historyName, history, current, movedPrefix } = landedTable(source, table);
  const declared = manifest.columns.map(({ name, type }) => `${name} ${type}`);
  const standing = await session.query(
    `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as declared
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
       and a.attname not in ('_row_hash', '_copy_no', '_from_run', '_to_run')
     order by a.attnum`,
    [schema, historyName],
  );
  const landed = standing.map((row) => row['declared'] as string);
  if (landed.length > 0) {
    if (landed.join('\n') === declared.join('\n')) return;
    if (!input.fullRefresh) {
      throw new EngineError(
        'LAND_SCHEMA_CHANGED',
        `${source}.${table} changed its columns: ${difference(landed, declared)}`,
      );
    }
    // Nothing is lost: the rows of the old shape stay readable under names that say until when they stood, also for the models
    // that are published from them until new ones are.
    await session.execute(`alter view ${current} rename to ${identifier(`${table}__current_until_r${run.runNo}`)}`);
    await session.execute(`alter table ${history} rename to ${identifier(`${movedPrefix}${run.runNo}`)}`);
  }
  const columns = manifest.columns.map(({ name, type }) => `${identifier(name)} ${type}`);
  await session.execute(
    `create table ${history} (${columns.join(', ')}, _row_hash bytea not null, _copy_no bigint not null, _from_run bigint not null, _to_run bigint)`,
  );
  // A second net under the difference above: the same row cannot stand twice.
  await session.execute(`create unique index on ${history} (_row_hash, _copy_no) where _to_run is null`);
  const names = manifest.columns.map(({ name }) => identifier(name)).join(', ');
  await session.execute(
    `create view ${current} as select ${names}, _from_run as _run_no from ${history} where _to_run is null`,
  );
}

/** Names what was there; a new column only by its place, because a file that lost its header has values for names. */
function difference(landed: readonly string[], declared: readonly string[]): string {
  const gone = landed.filter((column) => !declared.includes(column)).map((column) => `${column} is gone`);
  const fresh = declared.flatMap((column, at) => (landed.includes(column) ? [] : [`column ${at + 1} is new`]));
  return [...gone, ...fresh].join(', ') || 'they stand in another order';
}

async function countChangedKeys(
  key: readonly string[],
  history: string,
  runNo: string,
  session: Session,
): Promise<bigint> {
  if (key.length === 0) return 0n;
  const columns = key.map((column) => identifier(column)).join(', ');
  const [row] = await session.query(
    `select count(*)::text as changed from (
       select ${columns} from ${history} where _from_run = ${runNo} and _to_run is null
       intersect
       select ${columns} from ${history} where _to_run = ${runNo}
     ) as restated`,
  );
  return BigInt(row?.['changed'] ?? '0');
}
