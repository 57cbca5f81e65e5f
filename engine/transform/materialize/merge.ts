import { EngineError } from '../../errors.ts';
import { identifier } from '../../sql-text.ts';
import { COMING, STANDING } from '../../warehouse/delta.ts';
import type { Delta } from '../../warehouse/delta.ts';
import { columnSql } from './column-sql.ts';
import type { Making } from './materialize.ts';
import { predicatesOf } from './predicates-of.ts';

/**
 * As SQL's MERGE: a standing row that a new one matches takes its values, or those of merge_update_columns; the others are put in.
 * Two new rows for one standing row are refused, because the result would depend on their order.
 */
export async function makeMerge(
  making: Making,
  delta: Omit<Delta, 'removes'>,
  keys: readonly string[],
): Promise<Delta> {
  const { model, session } = making;
  const pairs = keys.map(
    (name) => `${columnSql(name, delta.columns, COMING)} = ${columnSql(name, delta.columns, STANDING)}`,
  );
  const on = [...pairs, ...predicatesOf(making)].join(' and ');
  const [twice] = await session.query(
    `select 1 as one from ${delta.base} as ${STANDING} join ${delta.added} as ${COMING} on ${on}
     group by ${STANDING}.ctid having count(*) > 1 limit 1`,
  );
  if (twice) {
    throw new EngineError(
      'TRANSFORM_MODEL_FAILED',
      `model ${model.name}: merge: more than one new row has the unique_key (${keys.join(', ')}) of one standing row`,
      { place: { file: model.file } },
    );
  }
  await keepColumns(making, delta, on);
  return { ...delta, removes: `exists (select 1 from ${delta.added} as ${COMING} where ${on})` };
}

/** Where not every column is to be updated, the new rows take the others from the standing ones that they match. */
async function keepColumns(
  { model, session }: Making,
  { base, added, columns }: Omit<Delta, 'removes'>,
  on: string,
): Promise<void> {
  const { merge_update_columns: only, merge_exclude_columns: not } = model.config;
  const lower = (names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()));
  const kept = columns.filter((name) =>
    only ? !lower(only).has(name.toLowerCase()) : not ? lower(not).has(name.toLowerCase()) : false,
  );
  if (kept.length === 0) return;
  const sets = kept.map((name) => `${identifier(name)} = ${STANDING}.${identifier(name)}`).join(', ');
  await session.execute(`update ${added} as ${COMING} set ${sets} from ${base} as ${STANDING} where ${on}`);
}
