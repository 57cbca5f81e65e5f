import canonicalize from 'canonicalize';
import type { DefinitionEvent } from '../contracts/definition.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { parseList } from './parse-entry.ts';
import type { FigureFault } from './verify-figures.ts';

type RecordedEvent = DefinitionEvent & { readonly definition: string | null };

/** Compares what was told of the checks' definitions, and the definitions themselves, of one run or of all, with what the ledger says was recorded. */
export async function verifyDefinitions(
  session: Session,
  runId: string | null = null,
): Promise<readonly FigureFault[]> {
  const entries = await session.query(
    `select run_id, body from audit.ledger where entry_key = run_id || '/definition' and ($1::text is null or run_id = $1)`,
    [runId],
  );
  const standing = await session.query(
    `select e.run_id, e.check_id, e.event, e.from_hash, e.to_hash, e.changes,
       encode(sha256(convert_to(d.definition, 'UTF8')), 'hex') as definition
     from audit.check_definition_events e
     left join audit.check_definitions d on d.check_id = e.check_id and d.definition_hash = e.to_hash
     where $1::text is null or e.run_id = $1`,
    [runId],
  );
  const recorded = new Map(
    entries.flatMap((entry) =>
      parseList<RecordedEvent>(entry['body']).map(
        (event) => [key(entry['run_id'], event.checkId), textOf(event)] as const,
      ),
    ),
  );
  const found = new Map(
    standing.map((row) => [
      key(row['run_id'], row['check_id']),
      textOf({
        checkId: row['check_id'] as string,
        event: row['event'] as DefinitionEvent['event'],
        fromHash: row['from_hash'] ?? null,
        toHash: row['to_hash'] ?? null,
        changes: parseList(row['changes']),
        definition: row['definition'] ?? null,
      }),
    ]),
  );
  const runNos = await runNumbers(session);
  return [...new Set([...recorded.keys(), ...found.keys()])].flatMap((at) => {
    const fault = faultOf(recorded.get(at), found.get(at));
    const [ofRun = '', subject = ''] = at.split('\0');
    return fault === null
      ? []
      : [{ table: 'audit.check_definition_events', runNo: runNos.get(ofRun) ?? '?', subject, fault }];
  });
}

function key(runId: string | null | undefined, checkId: string | null | undefined): string {
  return `${runId}\0${checkId}`;
}

function textOf(event: RecordedEvent): string {
  return canonicalize(event) as string;
}

async function runNumbers(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query('select run_id, run_no::text as run_no from audit.runs');
  return new Map(rows.map((row) => [row['run_id'] as string, row['run_no'] as string]));
}

function faultOf(recorded: string | undefined, standing: string | undefined): string | null {
  if (recorded === undefined) return 'it stands in the table but was never recorded in the ledger';
  if (standing === undefined) return 'the ledger recorded it but it is gone from the table';
  return recorded === standing ? null : 'it, or the definition that it tells of, is not what the ledger recorded';
}
