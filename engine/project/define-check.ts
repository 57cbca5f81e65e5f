import type { CheckDefinition, CheckKind, CheckSettings, Dimension } from '../contracts/check.ts';
import { hashDefinition } from './hash-definition.ts';

const DIMENSIONS = {
  not_null: 'completeness',
  unique: 'uniqueness',
  accepted_values: 'validity',
  relationships: 'consistency',
  row_count: 'completeness',
  expression: 'accuracy',
  reconcile: 'completeness',
} as const satisfies Record<Exclude<CheckKind, 'bespoke'>, Dimension>;

export interface GenericCheck {
  readonly vertical: string;
  readonly kind: Exclude<CheckKind, 'bespoke'>;
  readonly on: string;
  readonly column: string | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly settings: CheckSettings;
  readonly file: string;
  readonly line: number;
}

/** A generic check with what it leaves open filled in: id, dimension, and blocking when its severity is error. */
export function defineCheck(check: GenericCheck): CheckDefinition {
  const { file, line, ...rest } = check;
  const spec = {
    ...rest,
    id: check.settings.id ?? defaultId(check),
    dimension: check.settings.dimension ?? DIMENSIONS[check.kind],
    blocking: check.settings.blocking ?? check.settings.severity === 'error',
  };
  return { ...spec, sql: undefined, grain: undefined, file, line, definitionHash: hashDefinition(spec) };
}

function defaultId({ vertical, kind, on, column }: GenericCheck): string {
  const parts = [vertical, kind, on.replace('.', '_')];
  if (column !== undefined) parts.push(column.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_'));
  return parts.join('.');
}
