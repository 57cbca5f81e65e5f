import { isMap, isScalar, stringify } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { Variable, VariableValue } from '../contracts/config.ts';
import { parseVariable } from '../config/parse-variable.ts';
import type { Remark } from './conversion.ts';
import { keyOf, pairsOf } from './convert-properties.ts';
import type { DbtProject } from './dbt-project.ts';
import { pairOf } from './dbt-project.ts';
import { oldBoolean } from './old-booleans.ts';
import type { SpokenWord } from './scan-templates.ts';

export interface ConvertedVars {
  /** The block `vars:` of tickmark.yml; empty when there is none. */
  readonly text: string;
  /** Values of the plain ones. */
  readonly values: ReadonlyMap<string, VariableValue>;
  readonly changed: readonly Remark[];
  readonly notBrought: readonly Remark[];
}

interface Declared {
  readonly name: string;
  readonly value: unknown;
  /** As written, so that 1.10 keeps its nought. */
  readonly source: string;
  readonly line: number | undefined;
  readonly file: string;
}

/** A variable that templates name and no file declares. */
export interface SpokenVar extends SpokenWord {
  readonly file: string;
}

/** The variables of dbt_project.yml with the types that their values show, and those that templates give a default only. */
export function convertVars(
  project: DbtProject,
  spoken: readonly SpokenVar[],
  packages: readonly string[],
): ConvertedVars {
  const declared = declaredVars(project, packages);
  const changed: Remark[] = [];
  const notBrought: Remark[] = [];
  const values = new Map<string, VariableValue>();
  const entries: Record<string, Record<string, unknown>> = {};
  const taken = (name: string): boolean => Object.hasOwn(entries, name);
  for (const variable of declared) {
    const place = { file: variable.file, line: variable.line };
    const typed = typeVariable(variable);
    if (typeof typed === 'string') {
      notBrought.push({ ...place, what: `variable ${variable.name}: ${typed}`, next: nextFor(variable.value) });
      continue;
    }
    if (!isVariableName(variable.name)) {
      notBrought.push({
        ...place,
        what: `variable ${variable.name}: a name is letters, digits and _`,
        next: 'give it another name',
      });
      continue;
    }
    entries[variable.name] = typed;
    const value = typed['default'];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.set(variable.name, value);
    changed.push({ ...place, what: `variable ${variable.name} has the type ${String(typed['type'])}`, next: '' });
  }
  const refused = new Set(declared.map(({ name }) => name));
  for (const {
    arguments: [name, fallback],
    file,
    line,
  } of spoken) {
    if (name === undefined || taken(name) || refused.has(name) || !isVariableName(name)) continue;
    const type = fallback === undefined ? 'text' : typeOfExpression(fallback);
    entries[name] = { type };
    const without = fallback === undefined ? ', and has no value' : '';
    changed.push({
      file,
      line,
      what: `variable ${name} is declared nowhere${without}; in tickmark.yml it has the type ${type}`,
      next: fallback === undefined ? 'give it a default in tickmark.yml, or a value with --vars' : '',
    });
  }
  const text = Object.keys(entries).length === 0 ? '' : stringify({ vars: entries }, { lineWidth: 0 });
  return { text, values, changed, notBrought };
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*(:[A-Za-z_][A-Za-z0-9_]*)?$/.test(name);
}

function declaredVars(project: DbtProject, packages: readonly string[]): readonly Declared[] {
  const vars = pairOf(project.top, 'vars')?.value;
  if (!isMap(vars)) return [];
  const found = new Map<string, Declared>();
  const add = (map: YAMLMap): void => {
    for (const pair of pairsOf(map)) {
      found.set(keyOf(pair), {
        name: keyOf(pair),
        value: (isScalar(pair.value) ? oldBoolean(pair.value) : undefined) ?? toValue(pair.value, project),
        source: isScalar(pair.value) ? (pair.value.source ?? '') : '',
        line: project.lineOf(pair.key),
        file: project.file,
      });
    }
  };
  const scoped: YAMLMap[] = [];
  for (const pair of pairsOf(vars)) {
    const isScope = isMap(pair.value) && (keyOf(pair) === project.name || packages.includes(keyOf(pair)));
    if (isScope) scoped.push(pair.value as YAMLMap);
    else add({ items: [pair] } as unknown as YAMLMap);
  }
  // A package's own variables count for it alone in dbt; here a name has one value, and the project's wins.
  for (const map of scoped.toReversed()) add(map);
  return [...found.values()];
}

function toValue(node: Node | null, project: DbtProject): unknown {
  return node === null ? null : (node.toJS(project.document) as unknown);
}

/** The variable as tickmark.yml has it, or why it cannot be. */
function typeVariable({ value, source }: Declared): Record<string, unknown> | string {
  if (value === null) return { type: 'text' };
  if (typeof value === 'boolean') return { type: 'boolean', default: value };
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { type: 'integer', default: value };
  if (typeof value === 'number' && /^-?\d+\.\d+$/.test(source)) return { type: 'decimal', default: asPython(source) };
  if (typeof value === 'string') {
    if (/\{[{%]/.test(value)) return 'its value is a template';
    for (const type of ['date', 'text'] as const) {
      if (parseVariable(type, value) !== undefined) return { type, default: value };
    }
    return 'its text has signs that a variable cannot hold';
  }
  if (Array.isArray(value)) {
    const listed = value.every((item) => typeof item === 'string' || typeof item === 'number');
    return listed && parseVariable('list', value) !== undefined
      ? { type: 'list', default: value }
      : 'its list holds more than plain words and numbers';
  }
  return typeof value === 'object' ? 'it is a mapping' : 'its value has no type here';
}

/** A float as Python prints it, which is what dbt puts into the SQL: 1.10 is 1.1, and 2.00 is 2.0. */
function asPython(decimal: string): string {
  return decimal.replace(/(\.\d+?)0+$/, '$1');
}

function nextFor(value: unknown): string {
  return typeof value === 'string'
    ? 'write what it stands for where it is used, or in a macro'
    : 'write it in a macro: {% macro name() %}{{ return({...}) }}{% endmacro %}';
}

function typeOfExpression(text: string): Variable['type'] {
  if (/^(true|false)$/i.test(text)) return 'boolean';
  if (/^-?\d+$/.test(text)) return 'integer';
  if (/^-?\d+\.\d+$/.test(text)) return 'decimal';
  if (text.startsWith('[')) return 'list';
  const quoted = /^(['"])(.*)\1$/.exec(text)?.[2];
  return quoted !== undefined && parseVariable('date', quoted) !== undefined ? 'date' : 'text';
}
