import { basename } from 'node:path';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { checkSettings } from './check-settings.ts';
import type { ContentFile } from './content-file.ts';
import { idText } from './define-check.ts';
import { findReferences } from './find-references.ts';
import { hashDefinition } from './hash-definition.ts';
import type { CheckSurroundings } from './load-generic-checks.ts';
import { readConfigCall } from './read-config-call.ts';
import { refuseThresholds } from './refuse-thresholds.ts';
import type { ConfigCall } from './read-config-call.ts';

export interface SingularSurroundings extends CheckSurroundings {
  /** What YAML says of singular tests, by name. */
  readonly singular?: ReadonlyMap<
    string,
    { readonly description: string | undefined; readonly config: Readonly<Record<string, unknown>> }
  >;
}

/** dbt's singular test: a query whose rows are failures, named for its file. Undefined when it is switched off. */
export function loadSingularTest(
  { file, vertical, folders, text }: ContentFile,
  about: SingularSurroundings,
): CheckDefinition | undefined {
  const name = basename(file, '.sql');
  const place = { file, line: 1, column: 1 };
  const said = about.singular?.get(name);
  const call = readConfigCall(text);
  if (call !== undefined && call.open.length > 0) {
    const message = `config(${call.open[0]}=...) of a test is written out, as a text, a number, true or false, or a list`;
    throw new EngineError('PROJECT_INVALID', message, { place });
  }
  const description = said?.description === undefined ? {} : { description: said.description };
  const layers = [
    ...(about.options?.({ vertical, folders }, name) ?? []),
    description,
    said?.config ?? {},
    call?.options ?? {},
  ];
  const settings = checkSettings(layers, place);
  if (settings.enabled === false) return undefined;
  if (settings.slices !== undefined) {
    const message = 'slices: a test that is a query of its own has none; give the condition in its SQL';
    throw new EngineError('PROJECT_INVALID', message, { place });
  }
  refuseThresholds(settings, { name: 'a singular test', kind: 'singular', place });
  const sql = call === undefined ? text : withoutCall(text, call);
  if (sql.replaceAll(/\{#[\s\S]*?#\}|--.*|\/\*[\s\S]*?\*\//g, '').trim() === '')
    throw new EngineError('PROJECT_INVALID', 'the test has no SQL', { place });
  const refersTo = findReferences([text]);
  const spec = {
    id: settings.id ?? `${vertical}.${idText(name)}`,
    vertical,
    kind: 'singular',
    on: refersTo[0] ?? '',
    column: undefined,
    arguments: {},
    settings,
    dimension: settings.dimension ?? ('accuracy' as const),
    blocking: settings.blocking ?? settings.severity === 'error',
    sql,
    grain: undefined,
  };
  return {
    ...spec,
    name,
    alias: settings.alias ?? name,
    test: undefined,
    refersTo,
    file,
    line: 1,
    definitionHash: hashDefinition(spec),
    measuredHash: hashDefinition(spec),
  };
}

/** The settings are known; the template keeps its lines, so that places in messages stay right. */
function withoutCall(text: string, { start, end }: ConfigCall): string {
  return text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + text.slice(end);
}
