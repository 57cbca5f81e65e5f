import canonicalize from 'canonicalize';
import type { CheckDefinition } from '../contracts/check.ts';
import type { DefinitionEvent } from '../contracts/definition.ts';
import type { RunRef } from '../contracts/run.ts';
import { append } from '../evidence/ledger.ts';
import { sha256 } from '../evidence/sha256.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { compareDefinitions } from './compare-definitions.ts';

/**
 * Keeps every definition that this run judges by, once, and says how they differ from those of the vertical's last recorded run: each
 * check that is new, changed or gone is an event, and all of them are one entry of the ledger. Verdicts keep the definition they were
 * reached by. Called once in the transaction of a run's check step, with all checks of the vertical.
 */
export async function recordDefinitions(
  { run, checks }: { readonly run: RunRef; readonly checks: readonly CheckDefinition[] },
  session: Session,
): Promise<readonly DefinitionEvent[]> {
  // Two runs at once are compared one after the other.
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`definitions/${run.vertical}`]);
  const standing = await standingDefinitions(run.vertical, session);
  const own = checks.filter(({ vertical }) => vertical === run.vertical);
  const events = [...own.flatMap((check) => eventOf(check, standing)), ...removed(own, standing)];
  if (events.length === 0) return events;

  const texts = new Map(own.map((check) => [check.id, definitionText(check)]));
  await session.execute(
    `insert into audit.check_definitions (check_id, definition_hash, vertical, definition, first_run_id)
     select check_id, definition_hash, $2, definition, $3
     from jsonb_to_recordset($1::jsonb) as told(check_id text, definition_hash text, definition text)
     on conflict (check_id, definition_hash) do nothing`,
    [
      JSON.stringify(
        events.flatMap(({ checkId, toHash }) =>
          toHash === null
            ? []
            : [{ check_id: checkId, definition_hash: toHash, definition: texts.get(checkId) as string }],
        ),
      ),
      run.vertical,
      run.runId,
    ],
  );
  await session.execute(
    `insert into audit.check_definition_events (run_id, check_id, vertical, event, from_hash, to_hash, changes)
     select $2, check_id, $3, event, from_hash, to_hash, changes
     from jsonb_to_recordset($1::jsonb) as told(check_id text, event text, from_hash text, to_hash text, changes text)`,
    [
      JSON.stringify(
        events.map(({ checkId, event, fromHash, toHash, changes }) => ({
          check_id: checkId,
          event,
          from_hash: fromHash,
          to_hash: toHash,
          changes: canonicalize(changes) as string,
        })),
      ),
      run.runId,
      run.vertical,
    ],
  );
  const key = `${run.runId}/definition`;
  const body = events.map((event) => ({
    ...event,
    definition: event.toHash === null ? null : sha256(texts.get(event.checkId) as string),
  }));
  await append(session, { key, kind: 'definition', runId: run.runId, subject: run.vertical }, body);
  return events;
}

interface Standing {
  readonly hash: string;
  readonly text: string;
}

/** By check what the last run that recorded any left standing. */
async function standingDefinitions(vertical: string, session: Session): Promise<ReadonlyMap<string, Standing>> {
  const rows = await session.query(
    `select e.check_id, e.to_hash, d.definition
     from (
       select distinct on (check_id) check_id, to_hash
       from audit.check_definition_events where vertical = $1 order by check_id, event_no desc
     ) as e
     join audit.check_definitions d on d.check_id = e.check_id and d.definition_hash = e.to_hash`,
    [vertical],
  );
  return new Map(
    rows.map((row) => [
      row['check_id'] as string,
      { hash: row['to_hash'] as string, text: row['definition'] as string },
    ]),
  );
}

function eventOf(check: CheckDefinition, standing: ReadonlyMap<string, Standing>): DefinitionEvent[] {
  const { id: checkId, definitionHash: toHash } = check;
  const before = standing.get(checkId);
  if (before === undefined) return [{ checkId, event: 'added', fromHash: null, toHash, changes: [] }];
  if (before.hash === toHash) return [];
  const differing = compareDefinitions(before.text, definitionText(check));
  // Of a check in a file of its own also its comments are in the hash.
  const changes = differing.length > 0 ? differing : [{ path: 'file', from: before.hash, to: toHash }];
  return [{ checkId, event: 'changed', fromHash: before.hash, toHash, changes }];
}

function removed(own: readonly CheckDefinition[], standing: ReadonlyMap<string, Standing>): DefinitionEvent[] {
  const ids = new Set(own.map(({ id }) => id));
  return [...standing]
    .filter(([checkId]) => !ids.has(checkId))
    .map(([checkId, { hash }]) => ({ checkId, event: 'removed', fromHash: hash, toHash: null, changes: [] }));
}

/** What a check is, wherever it stands in the files. */
function definitionText(check: CheckDefinition): string {
  const { kind, on, column, arguments: given, settings, dimension, blocking, grain, sql, test } = check;
  const macro = kind === 'generic' ? { test: { name: test?.name, package: test?.namespace } } : {};
  const definition = { kind, on, column, arguments: given, settings, dimension, blocking, grain, sql, ...macro };
  return canonicalize(definition) as string;
}
