import type { DefinitionEvent } from '../contracts/definition.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { parseList } from './parse-entry.ts';

/** How the checks of a run are defined otherwise than in the run before it. */
export interface RunDefinitions {
  /** Checks of the first run that recorded any: none of them is told as a change. */
  readonly firstRecorded: number;
  /** Removed ones first, then changed and added ones. */
  readonly events: readonly DefinitionEvent[];
}

/** Reads what a run's check step said of its definitions. */
export async function readDefinitionEvents(runId: string, session: Session): Promise<RunDefinitions> {
  const rows = await session.query(
    `select check_id, event, from_hash, to_hash, changes, exists (
       select 1 from audit.check_definition_events before
       where before.vertical = e.vertical and before.run_id <> e.run_id and before.event_no < e.event_no
     ) as compared
     from audit.check_definition_events e where run_id = $1
     order by array_position(array['removed', 'changed', 'added'], event), check_id`,
    [runId],
  );
  if (rows.some((row) => row['compared'] === 'f')) return { firstRecorded: rows.length, events: [] };
  return {
    firstRecorded: 0,
    events: rows.map((row) => ({
      checkId: row['check_id'] as string,
      event: row['event'] as DefinitionEvent['event'],
      fromHash: row['from_hash'] ?? null,
      toHash: row['to_hash'] ?? null,
      changes: parseList(row['changes']),
    })),
  };
}
