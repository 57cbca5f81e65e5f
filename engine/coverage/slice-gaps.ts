import { timeSlices } from '../check/time-slices.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { CoveredCheck } from '../contracts/coverage.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** Slices with a verdict, by check and then by the hash of the definition that they were judged by. */
export type TestedSlices = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

export async function testedSlices(session: Session): Promise<TestedSlices> {
  const rows = await session.query(
    `select check_id, definition_hash, jsonb_agg(distinct slice)::text as slices
     from audit.check_slices where status <> 'no_data' group by check_id, definition_hash`,
  );
  const found = new Map<string, Map<string, ReadonlySet<string>>>();
  for (const row of rows) {
    const [check, hash, slices] = [row['check_id'] ?? '', row['definition_hash'] ?? '', row['slices'] ?? '[]'];
    found.set(check, (found.get(check) ?? new Map()).set(hash, new Set(JSON.parse(slices) as string[])));
  }
  return found;
}

/** Which slices of a check the definition that stands has judged, and which not: those that are due by time, are listed, or were judged before it was changed. */
export function sliceGaps(definition: CheckDefinition, tested: TestedSlices, at: string): CoveredCheck['slices'] {
  const { slices } = definition.settings;
  if (slices === undefined) return null;
  const byHash = tested.get(definition.id) ?? new Map<string, ReadonlySet<string>>();
  const now = byHash.get(definition.definitionHash) ?? new Set<string>();
  const { every, values } = slices;
  const expected = new Set(
    every !== undefined
      ? timeSlices({ ...slices, every }, at).map(({ label }) => label)
      : (values?.map(String) ?? [...byHash.values()].flatMap((each) => [...each])),
  );
  const missing = [...expected].filter((slice) => !now.has(slice));
  return { tested: expected.size - missing.length, expected: expected.size, missing };
}
