import type { BuildOutcome } from '../engine/contracts/build.ts';
import { formatTable } from './format-table.ts';

/** What a build would do, from a dry run: each model with why it would be built or not. */
export function formatPlan(outcomes: readonly BuildOutcome[]): string[] {
  const models = outcomes.flatMap((outcome) => outcome.models).filter(({ status }) => status !== 'carried');
  const count = (isBuilt: boolean): number => models.filter(({ status }) => (status === 'success') === isBuilt).length;
  return [
    ...formatTable(
      models.map(({ status, materialized, relation, reason }) => [
        status === 'success' ? 'BUILD' : 'NO-OP',
        materialized,
        relation.replaceAll('"', ''),
        reason,
      ]),
    ),
    '',
    `Dry run: ${count(true)} would be built, ${count(false)} stay as they are`,
  ];
}
