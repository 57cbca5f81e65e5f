import type { CheckDefinition } from '../contracts/check.ts';
import { idText } from './define-check.ts';
import { hashDefinition } from './hash-definition.ts';

/**
 * Tells checks apart that say nothing of their id and would have the same: each then gets an id of dbt's name of it, which has its
 * arguments in it, whatever their order in the files is. Those that say the same are left to be refused.
 */
export function settleIds(checks: readonly CheckDefinition[]): readonly CheckDefinition[] {
  const byId = Map.groupBy(checks, ({ id }) => id);
  return checks.map((check) => {
    const namesakes = byId.get(check.id) ?? [];
    const canMove = check.settings.id === undefined && check.test !== undefined;
    const differs = namesakes.some((other) => other !== check && fullName(other) !== fullName(check));
    return canMove && differs ? withId(check, idText(`${check.vertical}.${fullName(check)}`)) : check;
  });
}

function withId(check: CheckDefinition, id: string): CheckDefinition {
  return { ...check, id, definitionHash: hashDefinition({ id, of: check.definitionHash }) };
}

/** A name that somebody gave may stand for several tests; then where it stands tells them apart. */
function fullName({ name, test, on, column, arguments: given }: CheckDefinition): string {
  return test?.isNamed === true
    ? [name, on, column, ...Object.values(given)]
        .filter((part) => part !== undefined)
        .map(String)
        .join('.')
    : name;
}
