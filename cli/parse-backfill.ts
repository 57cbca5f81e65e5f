import { didYouMean } from '../engine/config/did-you-mean.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import type { Backfill } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';

/** `erp.gl_detail=2007-01-01..2007-02-01`: a table of the project and a span of its cursor or period column. */
export function parseBackfill(text: string, sources: readonly DeclaredSource[]): Backfill {
  const [, table, from, to] = /^([^=]+)=(.+?)\.\.(.+)$/.exec(text) ?? [];
  if (table === undefined || from === undefined || to === undefined) {
    throw new EngineError(
      'QUERY_FAILED',
      `--backfill takes source.table=from..to, as in erp.orders=2026-01-01..2026-02-01`,
    );
  }
  const names = sources.map(({ source, name }) => `${source}.${name}`);
  if (!names.includes(table)) {
    throw new EngineError('COMPILE_UNKNOWN_REF', `no source table '${table}'${didYouMean(table, names)}`);
  }
  return { table, from, to };
}
