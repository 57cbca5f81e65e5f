import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { maskedColumns } from './masked-columns.ts';
import type { CheckProject } from './plan-check.ts';
import type { Slice } from './slice.ts';
import { MOST_SLICES, timeSlices } from './time-slices.ts';

/**
 * The slices that a check judges, in order; none for a check without. By value: those that content lists; else those that the relation
 * has, rows without a value among them, and those that it had in the last published run, so that one that is gone is missed.
 */
export async function findSlices(
  definition: CheckDefinition,
  project: CheckProject,
  session: Session,
): Promise<readonly Slice[]> {
  const { slices } = definition.settings;
  if (slices === undefined) return [];
  const refuse = (message: string): never => {
    throw new EngineError('CHECK_INVALID', `check ${definition.id}: ${message}`, {
      place: { file: definition.file, line: definition.line },
    });
  };
  if (maskedColumns(definition, project).has(slices.by.toLowerCase()))
    refuse(`slices by ${slices.by} would show its values, and it is tagged pii`);
  const found = await slicesOf(definition, project, session, refuse);
  if (found.length > MOST_SLICES) refuse(`it has more than ${MOST_SLICES} slices; take a longer period, or say which`);
  return found;
}

async function slicesOf(
  definition: CheckDefinition,
  project: CheckProject,
  session: Session,
  refuse: (message: string) => never,
): Promise<readonly Slice[]> {
  const { slices } = definition.settings;
  if (slices === undefined) return [];
  const { by, every, values } = slices;
  if (every !== undefined) {
    const { runClock } = project;
    return timeSlices({ ...slices, every }, runClock ?? refuse('its slices end at the run clock, and none is given'));
  }
  const ofValue = (value: string | null): Slice => ({
    label: labelOf(value),
    column: by,
    holds: { kind: 'value', value },
  });
  if (values !== undefined) return [...new Set(values.map(String))].map(ofValue);
  const here = await valuesHere(definition, project, session);
  const before = await labelsBefore(definition, by, session);
  const gone = before.filter((label) => !here.some((value) => labelOf(value) === label));
  return [
    ...here.map(ofValue),
    ...gone.map((label) => ({ ...ofValue(label === NO_VALUE ? null : label), isGone: true })),
  ];
}

/** What the rows without a value are called. */
const NO_VALUE = '(none)';

function labelOf(value: string | null): string {
  return value === NO_VALUE ? `'${NO_VALUE}'` : (value ?? NO_VALUE);
}

async function valuesHere(
  definition: CheckDefinition,
  project: CheckProject,
  session: Session,
): Promise<readonly (string | null)[]> {
  const { by } = definition.settings.slices as { readonly by: string };
  const { where } = definition.settings;
  const from = project.compiled.relation(definition.on);
  const place = { file: definition.file, line: definition.line };
  const only = where === undefined ? '' : ` where (${project.compiled.render(where, place).sql})`;
  const rows = await session.query(
    `select distinct t.${identifier(by)}::text as value from ${from} as t${only} order by 1 limit ${MOST_SLICES + 1}`,
  );
  return rows.map((row) => row['value'] ?? null);
}

async function labelsBefore(definition: CheckDefinition, by: string, session: Session): Promise<readonly string[]> {
  const rows = await session.query(
    `select s.slice
     from audit.check_slices as s
     where s.check_id = $1 and s.sliced_by = $3 and s.slice_from is null and s.run_id = (
         select p.run_id
         from audit.publications as p join audit.check_slices as earlier using (run_id)
         where p.vertical = $2 and p.decision = 'published' and earlier.check_id = $1
         order by p.publication_no desc limit 1
       )
     order by s.slice`,
    [definition.id, definition.vertical, by],
  );
  return rows.map((row) => row['slice'] as string);
}
