import { describeChange } from '../contracts/definition.ts';
import type { RunRef } from '../contracts/run.ts';
import { readDefinitionEvents } from '../evidence/definition-events.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Checks named in one message; all are in `published.check_definitions`. */
const NAMED = 10;

/** Says which checks of this run are not defined as they were in the run before; undefined when all are, and in the first run that recorded any. */
export async function definitionAlarm(
  run: RunRef,
  session: Session,
): Promise<{ readonly subject: string; readonly message: string } | undefined> {
  const { events } = await readDefinitionEvents(run.runId, session);
  if (events.length === 0) return undefined;
  const named = events.slice(0, NAMED).map(({ checkId, event, changes }) => {
    const what = changes.map(describeChange).join('; ');
    return `${checkId} ${event}${what === '' ? '' : ` (${what})`}`;
  });
  const more = events.length > NAMED ? ` and ${events.length - NAMED} more` : '';
  return {
    subject: `definitions/r${run.runNo}`,
    message: `${events.length} ${events.length === 1 ? 'check is' : 'checks are'} not defined as in the run before: ${named.join(', ')}${more}`,
  };
}
