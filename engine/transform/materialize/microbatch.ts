import { EngineError } from '../../errors.ts';
import { literal } from '../../sql-text.ts';
import { afterDelta, STANDING } from '../../warehouse/delta.ts';
import type { Delta } from '../../warehouse/delta.ts';
import type { Slice } from '../build-plan.ts';
import { columnSql } from './column-sql.ts';
import { columnsOfTable } from './columns-of.ts';
import type { Made, Making } from './materialize.ts';
import { createTableAs, finishTable } from './table.ts';

/** Builds a model slice by slice of its event time; a slice that stands already is replaced whole. */
export async function makeMicrobatch(making: Making): Promise<Made> {
  const base = making.plan.isIncremental ? (making.standing?.storeTable ?? null) : null;
  const target = base === null ? making.storeTable : making.deltaTable;
  const { session } = making;
  const slices: (Slice & { rows: bigint })[] = [];
  let sql = '';
  let affected = 0n;
  for (const slice of making.plan.slices ?? []) {
    ({ sql } = await making.render({ isIncremental: base !== null, batch: slice }));
    const rows: bigint =
      slices.length === 0
        ? await createTableAs(making, target, sql)
        : await session.execute(`insert into ${target}\n${sql}`);
    slices.push({ ...slice, rows });
    affected += rows;
  }
  if (slices.length === 0)
    throw new EngineError('TRANSFORM_CONFIG', `model ${making.model.name}: no slice is due; begin lies in the future`, {
      place: { file: making.model.file },
    });
  if (base === null) {
    await finishTable(making);
    return { select: `select * from ${target}`, storeTable: target, delta: null, affected, sql, slices };
  }
  const standing = await columnsOfTable(base, session);
  const coming = new Set((await columnsOfTable(target, session)).map(({ name }) => name));
  const missing = standing.filter(({ name }) => !coming.has(name));
  if (missing.length > 0 || coming.size !== standing.length) {
    throw new EngineError(
      'TRANSFORM_SCHEMA_CHANGED',
      `model ${making.model.name}: its columns changed; slices of two shapes cannot stand in one table`,
      { place: { file: making.model.file } },
    );
  }
  const names = standing.map(({ name }) => name);
  const delta: Delta = { base, added: target, removes: within(making, names, slices), columns: names };
  return { select: afterDelta(delta), storeTable: base, delta, affected, sql, slices };
}

/** Standing rows of these slices; slices that touch are one span. */
function within({ model }: Making, columns: readonly string[], slices: readonly Slice[]): string {
  const column = columnSql(model.config.event_time ?? '', columns, STANDING);
  const spans: { from: string; to: string }[] = [];
  for (const { from, to } of slices) {
    const last = spans.at(-1);
    if (last?.to === from) last.to = to;
    else spans.push({ from, to });
  }
  return spans.map(({ from, to }) => `(${column} >= ${literal(from)} and ${column} < ${literal(to)})`).join(' or ');
}
