import { CHECK_ARGUMENTS, CheckSettings } from '../../engine/contracts/check.ts';
import type { CheckDefinition } from '../../engine/contracts/check.ts';
import { defineCheck } from '../../engine/project/define-check.ts';

/** A check as content would declare it, with every default filled; with `sql` a bespoke one. */
export function defineTestCheck(check: {
  readonly id: string;
  readonly kind?: keyof typeof CHECK_ARGUMENTS;
  readonly on: string;
  readonly column?: string;
  readonly arguments?: object;
  readonly settings?: Partial<CheckSettings>;
  readonly sql?: string;
}): CheckDefinition {
  const { id, kind = 'not_null', on, column, sql } = check;
  const defined = defineCheck({
    vertical: 'shop',
    kind,
    on,
    column,
    arguments: sql === undefined ? CHECK_ARGUMENTS[kind].parse(check.arguments ?? {}) : {},
    settings: CheckSettings.parse({ id, ...check.settings }),
    file: 'checks/shop/test.yml',
    line: 7,
  });
  return sql === undefined ? defined : { ...defined, kind: 'bespoke', sql };
}
