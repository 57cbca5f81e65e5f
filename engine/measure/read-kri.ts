import type { CompiledProject } from '../compile/compile-project.ts';
import type { RunCompilation } from '../compile/compile-run.ts';
import type { KriDefinition, KriSpec, Reading } from '../contracts/kri.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { colourReading } from './colour-reading.ts';

/** Reads one KRI and records it; a fault inside it is a reading of colour `error`, and the session stays usable. */
export async function readKri(
  input: { readonly run: RunRef; readonly kri: KriDefinition; readonly compiled: RunCompilation },
  session: Session,
): Promise<Reading> {
  const { run, kri, compiled } = input;
  let sql = '';
  await session.execute('savepoint kri_start');
  let read: Pick<Reading, 'value' | 'numerator' | 'denominator' | 'colour' | 'message'>;
  try {
    sql = planReading(kri, compiled.live);
    const [row] = await session.query(planReading(kri, compiled.beside));
    const quantities = { numerator: row?.['numerator'] ?? null, denominator: row?.['denominator'] ?? null };
    const coloured = colourReading(quantities, kri);
    read = {
      ...coloured,
      numerator: quantities.numerator,
      denominator: kri.denominator ? quantities.denominator : null,
    };
    await session.execute('release savepoint kri_start');
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'WAREHOUSE_UNREACHABLE') throw error;
    await session.execute('rollback to savepoint kri_start');
    read = { value: null, numerator: null, denominator: null, colour: 'error', message: error.message };
  }
  const reading: Reading = {
    kriId: kri.id,
    title: kri.title,
    unit: kri.unit,
    amber: kri.amber,
    red: kri.red,
    ...read,
    reads: JSON.stringify([...new Set([kri.numerator.model, kri.denominator?.model ?? kri.numerator.model])]),
    definitionHash: kri.definitionHash,
    sqlHash: sha256(sql),
  };
  await session.execute(
    `insert into audit.kri_readings (run_id, kri_id, vertical, title, value, numerator, denominator, unit, colour, amber, red, message, reads, definition_hash, sql)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      run.runId,
      kri.id,
      kri.vertical,
      kri.title,
      reading.value,
      reading.numerator,
      reading.denominator,
      kri.unit,
      reading.colour,
      kri.amber,
      kri.red,
      reading.message,
      reading.reads,
      kri.definitionHash,
      sql,
    ],
  );
  return reading;
}

/** Without a declared denominator the value is the numerator itself (over 1), unless its model has no rows at all: then there is nothing to measure. */
function planReading(kri: KriDefinition, compiled: CompiledProject): string {
  const place = { file: kri.file, line: kri.line };
  const quantity = ({ model, where, measure }: KriSpec['numerator']): string =>
    `(select (${compiled.render(measure, place).sql})::numeric from ${compiled.relation(model)} as t${
      where === undefined ? '' : ` where ${compiled.render(where, place).sql}`
    })`;
  const denominator =
    kri.denominator === undefined
      ? `(case when exists (select 1 from ${compiled.relation(kri.numerator.model)}) then 1 end)`
      : quantity(kri.denominator);
  return `select\n  ${quantity(kri.numerator)}::text as numerator,\n  ${denominator}::text as denominator`;
}
