import { identifier } from '../../sql-text.ts';
import { describeQuery } from '../../warehouse/describe-query.ts';
import { afterDelta, applyDelta, COMING, STANDING } from '../../warehouse/delta.ts';
import type { Delta } from '../../warehouse/delta.ts';
import { columnsOfTable } from './columns-of.ts';
import type { TableColumn } from './columns-of.ts';
import type { Made, Making } from './materialize.ts';
import { rebuiltWithColumns } from './rebuilt-with-columns.ts';
import { snapshotWords } from './snapshot-names.ts';
import type { SnapshotWords } from './snapshot-names.ts';
import { finishTable } from './table.ts';

/** Keeps every version that a query's rows ever had, each with the time from and to which it stood: dbt's snapshots. */
export async function makeSnapshot(making: Making): Promise<Made> {
  const { session, plan, storeTable } = making;
  const { sql } = await making.render({ isIncremental: false });
  const words = snapshotWords(
    making,
    (await describeQuery(session, sql)).map(({ name }) => name),
  );
  const base = plan.isIncremental ? (making.standing?.storeTable ?? null) : null;
  if (base === null) {
    const affected = await session.execute(`create table ${storeTable} as\n${firstVersions(sql, words, making)}`);
    await finishTable(making);
    return { select: `select * from ${storeTable}`, storeTable, delta: null, affected, sql, slices: [] };
  }
  const source = beside(making.deltaTable, '_source');
  await session.execute(`create table ${source} as\n${sql}`);
  const [standing, coming] = [await columnsOfTable(base, session), await columnsOfTable(source, session)];
  const added = coming.filter(({ name }) => !standing.some((column) => column.name === name));
  const columns = [...standing, ...added];
  const target = added.length > 0 ? storeTable : base;
  if (added.length > 0) await rebuiltWithColumns(making, base, { standing, columns });
  await session.execute(
    `create table ${making.deltaTable} (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
  );
  const affected = await findVersions(making, words, { base: target, source, columns, coming, standing });
  await session.execute(`drop table ${source}`);
  const delta: Delta = {
    base: target,
    added: making.deltaTable,
    removes: `${words.isOpen(STANDING)} and exists (select 1 from ${making.deltaTable} as ${COMING} where ${COMING}.${words.meta.dbt_scd_id} = ${STANDING}.${words.meta.dbt_scd_id})`,
    columns: columns.map(({ name }) => name),
  };
  if (added.length === 0) return { select: afterDelta(delta), storeTable: base, delta, affected, sql, slices: [] };
  await settle(delta, making);
  return { select: `select * from ${storeTable}`, storeTable, delta: null, affected, sql, slices: [] };
}

function firstVersions(sql: string, words: SnapshotWords, { isEmpty }: Making): string {
  const since = words.updatedAt('s');
  const columns = [
    's.*',
    `${words.scdId('s', since)} as ${words.meta.dbt_scd_id}`,
    `${since} as ${words.meta.dbt_updated_at}`,
    `${since} as ${words.meta.dbt_valid_from}`,
    `coalesce(nullif(${since}, ${since}), ${words.open}) as ${words.meta.dbt_valid_to}`,
    ...(words.hardDeletes === 'new_record' ? [`'False'::text as ${words.meta.dbt_is_deleted}`] : []),
  ];
  return `select ${columns.join(', ')} from (\n${sql}\n) as s${isEmpty ? ' limit 0' : ''}`;
}

/** Writes the versions that begin, and those that end with their end, into the delta. */
async function findVersions(
  making: Making,
  words: SnapshotWords,
  tables: {
    readonly base: string;
    readonly source: string;
    readonly columns: readonly TableColumn[];
    readonly coming: readonly TableColumn[];
    readonly standing: readonly TableColumn[];
  },
): Promise<bigint> {
  const { session, deltaTable } = making;
  const { base, source, coming } = tables;
  const { meta } = words;
  const list = tables.columns.map(({ name }) => name);
  const insert = `insert into ${deltaTable} (${list.map(identifier).join(', ')})\n`;
  const [keys, standingKeys] = [words.keys('s'), words.keys('c')];
  const on = keys.map((key, at) => `${standingKeys[at]} = ${key}`).join(' and ');
  const changed = changedIf(making, words, tables);
  const cameBack = words.hardDeletes === 'new_record' ? ` or c.${meta.dbt_is_deleted} = 'True'` : '';
  const standingRows = `(select * from ${base} as b where ${words.isOpen('b')})`;

  const begin =
    (alias: string, since: string, deleted: string) =>
    (name: string): string => {
      if (identifier(name) === meta.dbt_scd_id) return words.scdId(alias, since);
      if (identifier(name) === meta.dbt_updated_at || identifier(name) === meta.dbt_valid_from) return since;
      if (identifier(name) === meta.dbt_valid_to) return words.open;
      if (identifier(name) === meta.dbt_is_deleted) return `'${deleted}'`;
      return alias === 'c' || coming.some((column) => column.name === name) ? `${alias}.${identifier(name)}` : 'null';
    };
  const end =
    (until: string) =>
    (name: string): string =>
      identifier(name) === meta.dbt_valid_to ? until : `c.${identifier(name)}`;
  const put = async (value: (name: string) => string, from: string): Promise<bigint> =>
    session.execute(`${insert}select ${list.map(value).join(', ')} ${from}`);

  let affected = await put(
    begin('s', words.updatedAt('s'), 'False'),
    `from ${source} as s left join ${standingRows} as c on ${on}
     where ${standingKeys[0]} is null or ${changed}${cameBack}`,
  );
  affected += await put(
    end(words.updatedAt('s')),
    `from ${standingRows} as c join ${source} as s on ${on} where ${changed}${cameBack}`,
  );
  if (words.hardDeletes === 'ignore') return affected;
  const gone = `from ${standingRows} as c left join ${source} as s on ${on} where ${keys[0]} is null`;
  const notYet = words.hardDeletes === 'new_record' ? ` and c.${meta.dbt_is_deleted} is distinct from 'True'` : '';
  affected += await put(end(words.now), gone + notYet);
  if (words.hardDeletes === 'new_record') affected += await put(begin('c', words.now, 'True'), gone + notYet);
  return affected;
}

/** Whether the source's row `s` is another version than the standing `c`. */
function changedIf(
  making: Making,
  words: SnapshotWords,
  { coming, standing }: { readonly coming: readonly TableColumn[]; readonly standing: readonly TableColumn[] },
): string {
  const { config } = making.model;
  if (config.strategy === 'timestamp') return `(c.${words.meta.dbt_valid_from} < ${words.updatedAt('s')})`;
  const all = config.check_cols === 'all';
  const names = all ? coming.map(({ name }) => name) : (config.check_cols as readonly string[]);
  const known = (name: string): boolean => standing.some((column) => column.name === name);
  // A column that the snapshot has not had makes every row another version, as in dbt.
  if (names.some((name) => !known(name))) return 'true';
  return `(${names.map((name) => `c.${identifier(name)} is distinct from s.${identifier(name)}`).join(' or ')})`;
}

async function settle(delta: Delta, making: Making): Promise<void> {
  const { session } = making;
  await applyDelta(delta, session);
  await session.execute(`drop table ${delta.added}`);
  await finishTable(making);
}

function beside(quoted: string, ending: string): string {
  return `${quoted.slice(0, -1)}${ending}"`;
}
