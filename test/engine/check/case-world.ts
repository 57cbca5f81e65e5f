import type { RunCompilation } from '../../../engine/compile/compile-run.ts';
import type { CheckProject } from '../../../engine/check/plan-check.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { identifier, literal, relation } from '../../../engine/sql-text.ts';
import { buildSchema, liveSchema } from '../../../engine/warehouse/model-schema.ts';
import type { Session, Warehouse } from '../../../engine/warehouse/warehouse.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { before, cases, models, previous, sources } from './check-cases.ts';

/** The moment that the run of the cases says it is. */
export const RUN_CLOCK = '2026-01-31T08:00:00.000000Z';

export const caseNames = Object.keys(cases);
export const idOf = (name: string): string => `shop.c${caseNames.indexOf(name)}`;

/** A warehouse with the tables of all cases built, and what runs before have left. */
export interface CaseWorld {
  readonly db: TestWarehouse;
  readonly run: RunRef;
  readonly compiled: RunCompilation;
  /** Of the cases, in their order. */
  readonly checks: readonly CheckDefinition[];
}

export async function openCaseWorld(): Promise<CaseWorld> {
  const db = await createTestWarehouse();
  const checks = caseNames.map((name) => defineTestCheck({ ...cases[name]!.check, id: idOf(name) }));
  await recordHistories(checks, db);
  const run = await db.beginRun();
  for (const sql of before) await db.intruder.query(sql.replaceAll('$1', literal(run.runId)));
  const compiled = compileTestRun(run, models, sources);
  await buildModels(compiled, run, db.warehouse);
  await buildPrevious(previous, run, db);
  return { db, run, compiled, checks };
}

/** What the cases' checks are planned from, over the tables that they are about. */
export function projectOf({ compiled, checks }: CaseWorld): CheckProject {
  const left = new Set(previous.map(({ name }) => name));
  return {
    compiled: compiled.beside,
    checks,
    sources,
    runClock: RUN_CLOCK,
    previous: (name) => (left.has(name) ? compiled.live.relation(name) : undefined),
  };
}

/** A warehouse whose transactions are part of one that is open already, so that what was done in it is seen. */
export function within(session: Session): Warehouse {
  return { ...session, transaction: (work) => work(session), close: () => Promise.resolve() };
}

/** Does some work and takes it back, with all that it did. */
export async function takenBack<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.execute('savepoint taken_back');
  try {
    return await work();
  } finally {
    await session.execute('rollback to savepoint taken_back');
    await session.execute('release savepoint taken_back');
  }
}

/** Builds models beside what is live, in their order; one that stands there is built anew. */
export async function buildModels(
  { beside: { models: wanted } }: RunCompilation,
  run: RunRef,
  session: Session,
  isWanted: (name: string) => boolean = () => true,
): Promise<void> {
  for (const schema of new Set(wanted.map((model) => buildSchema(model, run.runNo))))
    await session.execute(`create schema if not exists ${identifier(schema)}`);
  for (const model of wanted.filter(({ name }) => isWanted(name))) {
    const { materialized, name, sql } = model;
    const built = relation(buildSchema(model, run.runNo), name);
    await session.execute(`drop ${materialized} if exists ${built} cascade`);
    await session.execute(`create ${materialized} ${built} as ${sql}`);
  }
}

/** What is live is what the last published run left. */
async function buildPrevious(left: readonly TestModel[], run: RunRef, { warehouse }: TestWarehouse): Promise<void> {
  if (left.length === 0) return;
  await warehouse.execute(
    `create schema if not exists ${identifier(liveSchema({ vertical: 'shop', layer: 'marts' }))}`,
  );
  for (const model of compileTestRun(run, left).live.models)
    await warehouse.execute(`create table ${relation(liveSchema(model), model.name)} as ${model.sql}`);
}

/** Published runs before, a day apart, with the measures that cases tell of. */
async function recordHistories(checks: readonly CheckDefinition[], db: TestWarehouse): Promise<void> {
  const histories = checks.map((definition, index) => ({
    definition,
    measures: cases[caseNames[index] ?? '']?.history ?? [],
  }));
  const longest = Math.max(1, ...histories.map(({ measures }) => measures.length));
  for (let ago = longest; ago >= 1; ago -= 1) {
    const { runId, runNo } = await db.beginRun();
    const at = `timestamptz ${literal(RUN_CLOCK)} - interval '${ago} days'`;
    for (const { definition, measures } of histories) {
      const measure = measures[ago - 1];
      if (measure === undefined) continue;
      await db.intruder
        .query(`insert into audit.check_results (run_id, check_id, vertical, kind, dimension, on_relation, status, blocking,
        population, failures, failing_rows_kept, reads, definition_hash, sql, sql_hash, duration_ms, checked_at, measure, measured_hash)
      values (${[runId, definition.id, 'shop', definition.kind, definition.dimension, definition.on, 'pass'].map(literal).join(', ')}, false,
        1, 0, 0, '[]', 'x', '', 'x', 0, ${at}, ${literal(measure)}::numeric, ${literal(definition.measuredHash)})`);
    }
    await db.intruder.query(
      `insert into audit.publications (run_id, run_no, vertical, decision, tables, decided_at) values ($1, $2, 'shop', 'published', '[]', ${at})`,
      [runId, runNo],
    );
  }
}
