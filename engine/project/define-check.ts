import { CHECK_KINDS } from '../check-kinds/check-kinds.ts';
import type { CheckDefinition, CheckSettings, Dimension, GenericTest } from '../contracts/check.ts';
import { hashDefinition } from './hash-definition.ts';

export interface GenericCheck {
  readonly vertical: string;
  /** A name in CHECK_KINDS, or `generic`. */
  readonly kind: string;
  readonly on: string;
  readonly column: string | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly settings: CheckSettings;
  readonly file: string;
  readonly line: number;
  /** As dbt names it; the default id when left out. */
  readonly name?: string;
  readonly alias?: string;
  readonly test?: GenericTest | undefined;
  readonly refersTo?: readonly string[];
}

/** A generic check with what it leaves open filled in: id, dimension, and blocking when its severity is error. */
export function defineCheck(check: GenericCheck, defaultId = shortId(check)): CheckDefinition {
  const { file, line, name, alias, test, refersTo, ...rest } = check;
  const spec = {
    ...rest,
    // The macro is found by this name; of other kinds the kind says it all.
    ...(rest.kind === 'generic' ? { test } : {}),
    id: check.settings.id ?? defaultId,
    dimension: check.settings.dimension ?? dimensionOf(check.kind),
    blocking: check.settings.blocking ?? check.settings.severity === 'error',
  };
  return {
    ...spec,
    name: name ?? spec.id,
    alias: check.settings.alias ?? alias ?? name ?? spec.id,
    test,
    refersTo: refersTo ?? [check.on],
    sql: undefined,
    grain: undefined,
    file,
    line,
    definitionHash: hashDefinition(spec),
    measuredHash: measuredHash(spec),
  };
}

/** Of what a check asks, whatever its thresholds are. */
function measuredHash({
  kind,
  on,
  column,
  arguments: given,
  settings,
}: Pick<GenericCheck, 'kind' | 'on' | 'column' | 'arguments' | 'settings'>): string {
  const thresholds = CHECK_KINDS[kind]?.thresholds ?? [];
  const asked = Object.fromEntries(Object.entries(given).filter(([name]) => !thresholds.includes(name)));
  return hashDefinition({ kind, on, column, arguments: asked, where: settings.where });
}

function dimensionOf(kind: string): Dimension {
  return CHECK_KINDS[kind]?.dimension ?? 'validity';
}

/** `finance.not_null.orders.order_id`. */
function shortId({
  vertical,
  kind,
  test,
  on,
  column,
}: Pick<GenericCheck, 'vertical' | 'kind' | 'test' | 'on' | 'column'>): string {
  // As it was written, so that a check keeps its id when its kind gets another name of ours.
  const named = kind !== 'generic' && test?.namespace === 'dbt' ? test.name : [test?.namespace, test?.name];
  const what =
    test === undefined
      ? kind
      : [named]
          .flat()
          .filter((part) => part !== undefined)
          .join('.');
  const parts = [vertical, what, on.replace('.', '_')];
  if (column !== undefined) parts.push(column);
  return idText(parts.join('.'));
}

/** Text as a part of an id. */
export function idText(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '_');
}
