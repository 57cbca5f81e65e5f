import type { z } from 'zod';
import { kindNamed } from '../../engine/check-kinds/check-kinds.ts';
import { CheckSettings } from '../../engine/contracts/check.ts';
import type { CheckDefinition } from '../../engine/contracts/check.ts';
import { defineCheck } from '../../engine/project/define-check.ts';

/** A check as content would declare it, with every default filled; with `sql` a bespoke one. */
export function defineTestCheck(check: {
  readonly id: string;
  readonly kind?: string;
  readonly on: string;
  readonly column?: string;
  /** An expression in place of a column. */
  readonly columnName?: string;
  readonly arguments?: object;
  readonly settings?: z.input<typeof CheckSettings>;
  readonly sql?: string;
}): CheckDefinition {
  const { id, on, column, columnName, sql } = check;
  const named = kindNamed(check.kind ?? 'not_null');
  const given =
    sql === undefined && named !== undefined ? named.translated(named.arguments.parse(check.arguments ?? {})) : {};
  const defined = defineCheck({
    vertical: 'shop',
    kind: named?.name ?? check.kind ?? '',
    on,
    column,
    arguments: columnName === undefined ? given : { ...given, column_name: columnName },
    settings: CheckSettings.parse({ ...named?.spec.settings, id, ...check.settings }),
    file: 'checks/shop/test.yml',
    line: 7,
  });
  return sql === undefined ? defined : { ...defined, kind: 'bespoke', sql };
}
