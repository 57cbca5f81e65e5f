import canonicalize from 'canonicalize';
import type { Row, Warehouse } from '../warehouse/warehouse.ts';

export interface FigureFault {
  readonly table: string;
  readonly runNo: string;
  readonly subject: string;
  readonly fault: string;
}

/** How a table of figures is found again in the ledger: the entry, the list in its body, and each figure's column and field. */
const FIGURES = [
  {
    table: 'check_results',
    entry: 'check',
    list: (body: unknown) => body,
    id: ['check_id', 'checkId'],
    fields: { status: 'status', population: 'population', failures: 'failures', definition_hash: 'definitionHash' },
  },
  {
    table: 'kri_readings',
    entry: 'measure',
    list: (body: unknown) => (body as { readings: unknown }).readings,
    id: ['kri_id', 'kriId'],
    fields: {
      value: 'value',
      numerator: 'numerator',
      denominator: 'denominator',
      colour: 'colour',
      definition_hash: 'definitionHash',
    },
  },
  {
    table: 'control_tests',
    entry: 'measure',
    list: (body: unknown) => (body as { controls: unknown }).controls,
    id: ['control_id', 'controlId'],
    fields: {
      population: 'population',
      exceptions: 'exceptions',
      deviation_rate: 'deviationRate',
      upper_limit: 'upperLimit',
      proposed_conclusion: 'proposedConclusion',
      definition_hash: 'definitionHash',
    },
  },
] as const;

/** Compares every recorded check result, KRI reading and control test with what the ledger says was recorded. */
export async function verifyFigures(warehouse: Warehouse): Promise<readonly FigureFault[]> {
  const faults: FigureFault[] = [];
  for (const { table, entry, list, id, fields } of FIGURES) {
    const [column, field] = id;
    const runs = await warehouse.query(
      `select r.run_id, r.run_no, l.body from audit.ledger l join audit.runs r on r.run_id = l.run_id
       where l.entry_key = l.run_id || $1 order by l.entry_no`,
      [`/${entry}`],
    );
    for (const run of runs) {
      const recorded = list(JSON.parse(run['body'] as string)) as Readonly<Record<string, string | null>>[];
      const standing = await warehouse.query(
        `select ${column} as id, ${Object.keys(fields)
          .map((name) => `${name}::text`)
          .join(', ')} from audit.${table} where run_id = $1`,
        [run['run_id'] as string],
      );
      const wanted = new Map(recorded.map((figure) => [figure[field] as string, pick(figure, Object.values(fields))]));
      const found = new Map(standing.map((row) => [row['id'] as string, pick(row, Object.keys(fields))]));
      for (const subject of new Set([...wanted.keys(), ...found.keys()])) {
        const fault = compare(wanted.get(subject), found.get(subject));
        if (fault !== null) faults.push({ table: `audit.${table}`, runNo: run['run_no'] as string, subject, fault });
      }
    }
  }
  return faults;
}

function pick(figure: Row, names: readonly string[]): string {
  return canonicalize(names.map((name) => figure[name] ?? null)) as string;
}

function compare(recorded: string | undefined, standing: string | undefined): string | null {
  if (recorded === undefined) return 'it stands in the table but was never recorded in the ledger';
  if (standing === undefined) return 'the ledger recorded it but it is gone from the table';
  return recorded === standing ? null : 'it is not what the ledger recorded';
}
