import type { AppliedWaiver } from '../contracts/check.ts';
import type { Manifest, TieOut, TieOutLine } from '../contracts/pull.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { landedBatches } from './landed-batches.ts';
import { parseList, parseWithList } from './parse-entry.ts';
import { verifyFigures } from './verify-figures.ts';
import { verifyLanded } from './verify-landed.ts';
import type { EvidenceDeps } from './verify-landed.ts';
import { verifyLedger } from './verify-ledger.ts';
import { verifyPublished } from './verify-published.ts';
import { verifyViews } from './verify-views.ts';

/** The way from a published figure back to what was asked of the source. */
export interface Trace {
  readonly figure: {
    readonly kind: 'table' | 'kri' | 'control';
    readonly name: string;
    readonly values: Readonly<Record<string, string | null>>;
  };
  readonly run: {
    readonly runNo: string;
    readonly publishedAt: string;
    readonly state: string;
    readonly projectHash: string;
  };
  /** The SQL that gave the figure itself; of a table that is its model's. */
  readonly sql: string | null;
  readonly definitionHash: string | null;
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly failures: string;
    readonly waiver: AppliedWaiver | null;
    readonly sql: string;
    readonly sqlHash: string;
  }[];
  /** Upstream first. */
  readonly models: readonly TracedModel[];
  readonly landed: readonly TracedBatch[];
  readonly ledger: readonly {
    readonly entryNo: string;
    readonly kind: string;
    readonly subject: string;
    readonly hash: string;
  }[];
  /** What was changed of the ledger, or of the figure and the checks behind it, after it was recorded. */
  readonly faults: readonly string[];
  /** Whether the ledger, the figure and every table on the way still are what was recorded. */
  readonly intact: boolean;
}

export interface TracedModel {
  readonly name: string;
  readonly file: string;
  readonly materialized: string;
  readonly rows: string;
  readonly contentHash: string | null;
  readonly sqlHash: string;
  readonly templateHash: string;
  readonly sql: string;
  readonly fault: string | null;
}

export interface TracedBatch {
  readonly table: string;
  readonly batchId: string;
  readonly manifest: Manifest;
  readonly tieOut: readonly TieOutLine[];
  readonly faults: readonly string[];
}

interface Figure {
  readonly kind: Trace['figure']['kind'];
  readonly runId: string;
  readonly values: Trace['figure']['values'];
  readonly reads: readonly string[];
  readonly tests: readonly string[];
  readonly sql: string | null;
  readonly definitionHash: string | null;
}

/** Leads a published table, KRI or control back to the landed batches, the extraction queries, and their hashes, and reads each again. */
export async function trace(name: string, deps: EvidenceDeps): Promise<Trace> {
  const { warehouse } = deps;
  const figure = await findFigure(name, warehouse);
  const runId = figure.runId;
  const [run] = await warehouse.query(
    `select r.run_no, r.project_hash, p.state, to_char(p.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as published_at
     from audit.runs r join audit.current_publication p using (run_id) where r.run_id = $1`,
    [runId],
  );
  const checks = await findChecks(figure, warehouse);
  const { models, tables, pulledBy } = await upstream(
    runId,
    [...figure.reads, ...checks.flatMap(({ reads }) => reads)],
    warehouse,
  );
  const standing = await verifyPublished(
    warehouse,
    models.map((model) => model.name),
  );
  const traced = models.map((model) => ({
    ...model,
    fault: standing.find((verdict) => verdict.model === model.name)?.fault ?? null,
  }));
  const subjects = [name, ...figure.tests, ...models.map((model) => model.name)];
  const faults = await findFaults(subjects, runId, warehouse);
  const landed: TracedBatch[] = [];
  for (const table of tables) landed.push(await traceBatch(table, pulledBy.get(table) ?? null, runId, deps));
  const steps = ['land', 'extract', 'verify', 'transform', 'definition', 'check', 'measure', 'publish'];
  const entries = await warehouse.query(
    `select entry_no, kind, subject, hash from audit.ledger where run_id = $1 and kind = any (string_to_array($2, ',')) order by entry_no`,
    [runId, steps.join(',')],
  );
  return {
    figure: { kind: figure.kind, name, values: figure.values },
    run: {
      runNo: run?.['run_no'] as string,
      publishedAt: run?.['published_at'] as string,
      state: run?.['state'] as string,
      projectHash: run?.['project_hash'] as string,
    },
    sql: figure.sql,
    definitionHash: figure.definitionHash,
    checks: checks.map(({ id, status, failures, waiver, sql, sqlHash }) => ({
      id,
      status,
      failures,
      waiver,
      sql,
      sqlHash,
    })),
    models: traced,
    landed,
    ledger: entries.map((row) => ({
      entryNo: row['entry_no'] as string,
      kind: row['kind'] as string,
      subject: row['subject'] as string,
      hash: row['hash'] as string,
    })),
    faults,
    intact:
      faults.length === 0 &&
      traced.every(({ fault }) => fault === null) &&
      landed.every(({ faults }) => faults.length === 0),
  };
}

async function findFaults(subjects: readonly string[], runId: string, warehouse: Warehouse): Promise<string[]> {
  const { broken } = await verifyLedger(warehouse);
  const changed = (await verifyFigures(warehouse, runId)).filter(({ subject }) => subjects.includes(subject));
  return [
    ...(broken ? [`ledger entry ${broken.entryNo} (${broken.kind} ${broken.subject}): ${broken.fault}`] : []),
    ...(await verifyViews(warehouse)),
    ...changed.map(({ table, subject, fault }) => `${table}, ${subject}: ${fault}`),
  ];
}

async function findFigure(name: string, session: Session): Promise<Figure> {
  const bare = name.replace(/^published\./, '');
  const [table] = await session.query(
    `select b.run_id, b.row_count, b.content_hash from audit.builds b join audit.current_publication p using (run_id)
     where b.published and b.model = $1`,
    [bare],
  );
  if (table) {
    const values = { rows: table['row_count'] ?? null, 'content hash': table['content_hash'] ?? null };
    return {
      kind: 'table',
      runId: table['run_id'] as string,
      values,
      reads: [bare],
      tests: [],
      sql: null,
      definitionHash: null,
    };
  }
  const [kri] = await session.query(
    `select k.run_id, k.title, k.value::text, k.numerator::text, k.denominator::text, k.unit, k.colour, k.reads, k.sql, k.definition_hash
     from audit.kri_readings k join audit.current_publication p using (run_id) where k.kri_id = $1`,
    [name],
  );
  if (kri) {
    const { title, value, numerator, denominator, unit, colour } = kri as Record<string, string | null>;
    return {
      kind: 'kri',
      runId: kri['run_id'] as string,
      values: { title, value, numerator, denominator, unit, colour } as Figure['values'],
      reads: JSON.parse(kri['reads'] as string) as string[],
      tests: [],
      sql: kri['sql'] ?? null,
      definitionHash: kri['definition_hash'] ?? null,
    };
  }
  const [control] = await session.query(
    `select c.* from audit.control_tests c join audit.current_publication p using (run_id) where c.control_id = $1`,
    [name],
  );
  if (!control) throw new EngineError('TRACE_UNKNOWN', `no published table, KRI or control is named ${name}`);
  const { title, population, exceptions, deviation_rate, upper_limit, proposed_conclusion, basis } = control as Record<
    string,
    string | null
  >;
  return {
    kind: 'control',
    runId: control['run_id'] as string,
    values: {
      title,
      population,
      exceptions,
      deviation_rate,
      upper_limit,
      proposed_conclusion,
      basis,
    } as Figure['values'],
    reads: JSON.parse(control['reads'] as string) as string[],
    tests: JSON.parse(control['tests'] as string) as string[],
    sql: control['sql'] ?? null,
    definitionHash: control['definition_hash'] ?? null,
  };
}

async function findChecks(figure: Figure, session: Session) {
  const rows = await session.query(
    `select check_id, status, failures, waiver, sql, sql_hash, reads from audit.check_results
     where run_id = $1 and check_id = any (string_to_array($2, ',')) order by check_id`,
    [figure.runId, figure.tests.join(',')],
  );
  return rows.map((row) => ({
    id: row['check_id'] as string,
    status: row['status'] as string,
    failures: row['failures'] as string,
    waiver: row['waiver'] ? (JSON.parse(row['waiver']) as AppliedWaiver) : null,
    sql: row['sql'] as string,
    sqlHash: row['sql_hash'] as string,
    reads: JSON.parse(row['reads'] as string) as string[],
  }));
}

/** Every model and landed table behind the named ones, each once, upstream first. */
async function upstream(
  runId: string,
  names: readonly string[],
  session: Session,
): Promise<{ models: Omit<TracedModel, 'fault'>[]; tables: string[]; pulledBy: ReadonlyMap<string, string> }> {
  const rows = await session.query('select * from audit.builds where run_id = $1', [runId]);
  const models: Omit<TracedModel, 'fault'>[] = [];
  const seen = new Set<string>();
  const tables = new Set<string>();
  // The run whose pull of a table was read, by its number.
  const pulledBy = new Map<string, string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const row = rows.find((built) => built['model'] === name);
    if (!row) {
      if (name.includes('.')) tables.add(name);
      return;
    }
    for (const [table, runNo] of Object.entries(JSON.parse(row['inputs'] ?? '{}') as Record<string, string>)) {
      pulledBy.set(table, runNo);
    }
    const { models: parents, sources } = JSON.parse(row['depends_on'] as string) as {
      models: string[];
      sources: string[];
    };
    for (const parent of [...sources, ...parents]) visit(parent);
    models.push({
      name,
      file: row['file'] as string,
      materialized: row['materialized'] as string,
      rows: row['row_count'] as string,
      contentHash: row['content_hash'] ?? null,
      sqlHash: row['sql_hash'] as string,
      templateHash: row['template_hash'] as string,
      sql: row['sql'] as string,
    });
  };
  for (const name of names) visit(name);
  return { models, tables: [...tables], pulledBy };
}

async function traceBatch(name: string, runNo: string | null, runId: string, deps: EvidenceDeps): Promise<TracedBatch> {
  const { warehouse } = deps;
  const batch = (await landedBatches(warehouse)).find(
    (each) => (runNo === null ? each.runId === runId : each.runNo === runNo) && `${each.source}.${each.table}` === name,
  );
  if (batch === undefined)
    throw new EngineError('TRACE_BROKEN', `the ledger has no landed batch of ${name} that this run read`);
  const [extracted] = await warehouse.query('select body from audit.ledger where entry_key = $1', [
    `${batch.runId}/extract/${name}`,
  ]);
  const [verified] = await warehouse.query('select body from audit.ledger where entry_key = $1', [
    `${batch.runId}/verify/${batch.source}`,
  ]);
  const tieOuts = parseList<TieOut>(verified?.['body']);
  const manifest = parseWithList<Manifest>(extracted?.['body'], 'columns');
  if (manifest === undefined)
    throw new EngineError('TRACE_BROKEN', `the ledger has no manifest of ${name} that this run read`);
  return {
    table: name,
    batchId: `r${batch.runNo}/${name}`,
    manifest,
    tieOut: tieOuts.find(({ table }) => table === batch.table)?.lines ?? [],
    faults: (await verifyLanded(batch, deps)).faults,
  };
}
