import canonicalize from 'canonicalize';
import type { Row, Session, Warehouse } from '../warehouse/warehouse.ts';
import { hashFailingRows } from './hash-failing-rows.ts';
import { parseList, parseWithList } from './parse-entry.ts';
import { verifyDefinitions } from './verify-definitions.ts';

export interface FigureFault {
  readonly table: string;
  readonly runNo: string;
  readonly subject: string;
  readonly fault: string;
}

/** The SHA-256 of the SQL text that stands in a row, as the ledger recorded it. */
const SQL_HASH = `encode(sha256(convert_to(sql, 'UTF8')), 'hex')`;

/** How a table of figures is found again in the ledger: the entry, the list in its body, and what each field of it is in the table. */
const FIGURES = [
  {
    table: 'builds',
    entry: 'transform',
    list: (body: string | null | undefined) => parseList<Figure>(body),
    id: ['model', 'model'],
    fields: {
      layer: 'layer',
      materialized: 'materialized',
      rows: 'row_count',
      contentHash: 'content_hash',
      dependsOn: 'depends_on',
      sqlHash: SQL_HASH,
      templateHash: 'template_hash',
      status: 'status',
      fingerprint: 'fingerprint',
      definitionHash: 'definition_hash',
      inputs: 'inputs',
      storeTable: 'store_table',
      liveName: 'live_name',
    },
    also: nothingElse,
  },
  {
    table: 'check_results',
    entry: 'check',
    list: (body: string | null | undefined) => parseList<JudgedFigure>(body).map(asFigure),
    id: ['check_id', 'checkId'],
    fields: {
      kind: 'kind',
      dimension: 'dimension',
      on: 'on_relation',
      status: 'status',
      blocking: 'blocking',
      population: 'population',
      failures: 'failures',
      violatingRows: 'violating_rows',
      passes: 'passes',
      measure: 'measure',
      message: 'message',
      inputsHash: 'inputs_hash',
      reusedFromRun: 'reused_from_run',
      reads: 'reads',
      definitionHash: 'definition_hash',
      sqlHash: SQL_HASH,
    },
    also: besideVerdicts,
  },
  {
    table: 'kri_readings',
    entry: 'measure',
    list: (body: string | null | undefined) => parseWithList<Measured>(body, 'readings')?.readings ?? [],
    id: ['kri_id', 'kriId'],
    fields: {
      title: 'title',
      value: 'value',
      numerator: 'numerator',
      denominator: 'denominator',
      unit: 'unit',
      colour: 'colour',
      amber: 'amber',
      red: 'red',
      reads: 'reads',
      definitionHash: 'definition_hash',
      sqlHash: SQL_HASH,
    },
    also: nothingElse,
  },
  {
    table: 'control_tests',
    entry: 'measure',
    list: (body: string | null | undefined) => parseWithList<Measured>(body, 'controls')?.controls ?? [],
    id: ['control_id', 'controlId'],
    fields: {
      title: 'title',
      population: 'population',
      exceptions: 'exceptions',
      deviationRate: 'deviation_rate',
      upperLimit: 'upper_limit',
      tolerableRate: 'tolerable_rate',
      confidence: 'confidence',
      proposedConclusion: 'proposed_conclusion',
      basis: 'basis',
      reads: 'reads',
      tests: 'tests',
      definitionHash: 'definition_hash',
      sqlHash: SQL_HASH,
    },
    also: nothingElse,
  },
] as const;

type Figure = Readonly<Record<string, string | boolean | null | undefined>>;

interface Measured {
  readonly readings: readonly Figure[];
  readonly controls: readonly Figure[];
}

type More = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Compares models with their SQL and lineage, check results with their failing rows, KRI readings and control tests, and definitions of checks, of one run or
 * of all, with what the ledger says was recorded.
 */
export async function verifyFigures(
  warehouse: Warehouse,
  runId: string | null = null,
): Promise<readonly FigureFault[]> {
  const faults: FigureFault[] = [];
  for (const { table, entry, list, id, fields, also } of FIGURES) {
    const [column, field] = id;
    const runs = await warehouse.query(
      `select l.run_id, coalesce(r.run_no::text, '?') as run_no, l.body from audit.ledger l left join audit.runs r using (run_id)
       where l.entry_key = l.run_id || $1 and ($2::text is null or l.run_id = $2) order by l.entry_no`,
      [`/${entry}`, runId],
    );
    const columns = Object.entries(fields).map(([name, sql]) => `(${sql})::text as "${name}"`);
    for (const run of runs) {
      const recorded = list(run['body']);
      // An older entry knows fewer fields.
      const names = [...Object.keys(fields), 'failingRowsHash', 'waiver', 'slices'].filter((name) =>
        recorded.some((figure) => name in figure),
      );
      const standing = await warehouse.query(
        `select ${column} as id, ${columns.join(', ')} from audit.${table} where run_id = $1`,
        [run['run_id'] as string],
      );
      const more = await also(run['run_id'] as string, warehouse);
      const wanted = new Map(recorded.map((figure) => [figure[field] as string, pick(figure, names)]));
      const found = new Map(
        standing.map((row: Row) => [row['id'] as string, pick({ ...row, ...more.get(row['id'] as string) }, names)]),
      );
      for (const subject of new Set([...wanted.keys(), ...found.keys()])) {
        const fault = compare(wanted.get(subject), found.get(subject));
        if (fault !== null) faults.push({ table: `audit.${table}`, runNo: run['run_no'] as string, subject, fault });
      }
    }
  }
  return [...faults, ...(await verifyDefinitions(warehouse, runId))];
}

/** A check's figure with what of it is no single value. */
type JudgedFigure = Figure & { readonly waiver?: object | null; readonly slices?: readonly SliceFigure[] };

interface SliceFigure {
  readonly slice: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly status: string;
  readonly population: string;
  readonly failures: string;
}

/** The same with waiver and slices as texts to compare; what an older entry does not know stays unknown. */
function asFigure({ waiver, slices, ...figure }: JudgedFigure): Figure {
  return {
    ...figure,
    ...(waiver === undefined ? {} : { waiver: waiver && (canonicalize(waiver) as string) }),
    ...(slices === undefined ? {} : { slices: slicesText(slices) }),
  };
}

function sliceOf(row: Row): SliceFigure {
  return {
    slice: row['slice'] as string,
    from: row['from'] ?? null,
    to: row['to'] ?? null,
    status: row['status'] as string,
    population: row['population'] as string,
    failures: row['failures'] as string,
  };
}

function slicesText(slices: readonly SliceFigure[]): string {
  return canonicalize(slices.toSorted((a, b) => (a.slice < b.slice ? -1 : 1))) as string;
}

/** What stands beside the verdicts of a run, by check: the hash of its failing rows, its waiver, its slices. */
async function besideVerdicts(runId: string, session: Session): Promise<More> {
  const hashes = await hashFailingRows(session, runId);
  const verdicts = await session.query('select check_id, waiver from audit.check_results where run_id = $1', [runId]);
  const slices = Map.groupBy(
    await session.query(
      `select check_id, slice, slice_from::text as "from", slice_to::text as "to", status, population, failures
       from audit.check_slices where run_id = $1`,
      [runId],
    ),
    (row) => row['check_id'],
  );
  return new Map(
    verdicts.map((row) => {
      const checkId = row['check_id'] as string;
      const own = (slices.get(checkId) ?? []).map(sliceOf);
      const failingRowsHash = hashes.get(checkId);
      return [
        checkId,
        {
          ...(failingRowsHash === undefined ? {} : { failingRowsHash }),
          ...(row['waiver'] ? { waiver: canonicalText(row['waiver']) } : {}),
          slices: slicesText(own),
        },
      ];
    }),
  );
}

/** JSON in canonical form; what is none as it is, so that it differs. */
function canonicalText(json: string): string {
  try {
    return canonicalize(JSON.parse(json)) as string;
  } catch {
    return json;
  }
}

function nothingElse(): Promise<More> {
  return Promise.resolve(new Map());
}

/** As text, because the ledger keeps a boolean as JSON and the table prints it. */
function pick(figure: Figure, names: readonly string[]): string {
  return canonicalize(names.map((name) => figure[name]?.toString() ?? null)) as string;
}

function compare(recorded: string | undefined, standing: string | undefined): string | null {
  if (recorded === undefined) return 'it stands in the table but was never recorded in the ledger';
  if (standing === undefined) return 'the ledger recorded it but it is gone from the table';
  return recorded === standing ? null : 'it, or a failing row of it, is not what the ledger recorded';
}
