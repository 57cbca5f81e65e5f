import type { Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session } from '../warehouse/warehouse.ts';

interface Landed {
  readonly manifest: Manifest;
  readonly run: RunRef;
}

/**
 * Creates what models and people read of a history: the standing rows; the rows as of a past run, which refuses a run that has
 * none rather than showing an empty table; and, in snapshot mode, what each pull changed.
 */
export async function createLandedViews({ manifest, run }: Landed, session: Session): Promise<void> {
  const names = [...manifest.columns.map(({ name }) => name), '_run_no'];
  await createViews(manifest, { names, firstRun: run.runNo }, session);
}

/** The same after columns were added: they come last in the views, because a view's columns cannot move. */
export async function extendLandedViews({ manifest }: Landed, session: Session): Promise<void> {
  const { schema, historyName } = landedTable(manifest.source, manifest.table);
  const rows = await session.query(
    `select a.attname::text as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [schema, manifest.table],
  );
  const standing = rows.map((row) => row['name'] as string);
  const added = manifest.columns.map(({ name }) => name).filter((name) => !standing.includes(name));
  const [first] = await session.query(`select min(_from_run)::text as run_no from ${relation(schema, historyName)}`);
  await createViews(manifest, { names: [...standing, ...added], firstRun: first?.['run_no'] ?? '0' }, session);
}

/** Renames them, for what still reads the old shape. */
export async function setLandedViewsAside({ manifest, run }: Landed, session: Session): Promise<void> {
  const { schema, current, asOf, changes } = landedTable(manifest.source, manifest.table);
  const aside = (what: string): string => identifier(`${manifest.table}__${what}_until_r${run.runNo}`);
  await session.execute(`alter view ${current} rename to ${aside('current')}`);
  const [found] = await session.query(
    `select to_regclass($1)::text as changes, to_regprocedure($2 || '(bigint)')::text as as_of`,
    [changes, asOf],
  );
  if (found?.['changes']) await session.execute(`alter view ${changes} rename to ${aside('changes')}`);
  if (found?.['as_of']) {
    await session.execute(
      `alter function ${relation(schema, `${manifest.table}__as_of`)}(bigint) rename to ${aside('as_of')}`,
    );
  }
}

async function createViews(
  manifest: Manifest,
  shape: { readonly names: readonly string[]; readonly firstRun: string },
  session: Session,
): Promise<void> {
  const { history, current, asOf, changes } = landedTable(manifest.source, manifest.table);
  const selected = shape.names
    .map((name) => (name === '_run_no' ? 'h._from_run as _run_no' : `h.${identifier(name)}`))
    .join(', ');
  await session.execute(
    `create or replace view ${current} as select ${selected} from ${history} h where h._to_run is null`,
  );
  const guard = `audit.landed_by(${literal(manifest.source)}, ${literal(manifest.table)}, ${BigInt(shape.firstRun)}, $1)`;
  await session.execute(
    `create or replace function ${asOf}(bigint) returns setof ${current} language sql stable as ${literal(
      `select ${selected} from ${history} h where ${guard} and h._from_run <= $1 and (h._to_run is null or h._to_run > $1)`,
    )}`,
  );
  if (manifest.mode === 'snapshot') await session.execute(changesView(manifest, { history, changes, selected }));
}

/** One row a change: `insert`, `delete`, and of a key that is in both `update_before` and `update_after`. */
function changesView(
  manifest: Manifest,
  names: { readonly history: string; readonly changes: string; readonly selected: string },
): string {
  const { history } = names;
  const columns = manifest.columns.map(({ name }) => `h.${identifier(name)}`).join(', ');
  const sameKey = manifest.key.map((column) => `o.${identifier(column)} = h.${identifier(column)}`).join(' and ');
  const twin = (when: string): string =>
    sameKey === '' ? 'false' : `exists (select 1 from ${history} o where ${sameKey} and ${when})`;
  return `create or replace view ${names.changes} as
    select h._from_run as _run_no, case when ${twin('o._to_run = h._from_run')} then 'update_after' else 'insert' end as _change, ${columns}
    from ${history} h where h._from_run > (select min(_from_run) from ${history})
    union all
    select h._to_run, case when ${twin('o._from_run = h._to_run')} then 'update_before' else 'delete' end, ${columns}
    from ${history} h where h._to_run is not null`;
}
