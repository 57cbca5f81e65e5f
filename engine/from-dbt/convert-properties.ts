import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { ModelOptions } from '../contracts/model-config.ts';
import type { Remark } from './conversion.ts';
import { pairOf } from './dbt-project.ts';
import { fillTemplate } from './fill-template.ts';
import type { Filling } from './fill-template.ts';
import { findOldBooleans } from './old-booleans.ts';
import { moveSeeds } from './move-seeds.ts';
import { spliceYaml } from './splice-yaml.ts';
import type { YamlSplices } from './splice-yaml.ts';

export interface ConvertedProperties {
  /** Undefined when nothing is left of the file. */
  readonly text: string | undefined;
  readonly changed: readonly Remark[];
  readonly notBrought: readonly Remark[];
}

export interface PropertiesContext extends Filling {
  /** Names of the seeds, and the schemas that dbt would put them in besides the target's. */
  readonly seeds: ReadonlySet<string>;
  readonly seedSchemas: ReadonlySet<string>;
}

/** What stands at the top of a properties file and is read by Tickmark. */
const READ = [
  'version',
  'sources',
  'models',
  'seeds',
  'snapshots',
  'exposures',
  'unit_tests',
  'macros',
  'data_tests',
  'tests',
  'groups',
  'analyses',
  'docs',
];
/** Of the semantic layer, or of dbt's other products: each with what to do instead. */
const SEMANTIC =
  'Tickmark has no semantic layer: write the figure as a model, or as a KRI in checks/<vertical>/kris.yml';
const LEFT: Readonly<Record<string, string>> = {
  semantic_models: SEMANTIC,
  metrics: SEMANTIC,
  saved_queries: SEMANTIC,
};
const SEMANTIC_OF_MODEL = [
  'time_spine',
  'semantic_model',
  'agg_time_dimension',
  'primary_entity',
  'metrics',
  'derived_semantics',
];
const SEMANTIC_OF_COLUMN = ['granularity', 'dimension', 'entity'];

/** A properties file of dbt as Tickmark reads it: every byte as it was, but where a source stands and what has no meaning here. */
export function convertProperties(text: string, file: string, context: PropertiesContext): ConvertedProperties {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const [problem] = document.errors;
  const changed: Remark[] = [];
  const notBrought: Remark[] = [];
  if (problem) {
    const what = `not YAML that can be read: ${problem.message.split('\n')[0] ?? ''}`;
    notBrought.push({ file, line: lines.linePos(problem.pos[0]).line, what, next: 'correct it' });
    return { text, changed, notBrought };
  }
  const top = document.contents;
  if (!isMap(top)) return { text: undefined, changed, notBrought };
  const walk: Walk = {
    file,
    context,
    splices: spliceYaml(text),
    lineOf: (node) => (node?.range ? lines.linePos(node.range[0]).line : undefined),
    changed,
    notBrought,
  };
  let kept = 0;
  for (const pair of pairsOf(top)) {
    const key = keyOf(pair);
    if (READ.includes(key) && isNothing(pair.value)) {
      walk.splices.remove(pair);
      continue;
    }
    if (READ.includes(key)) {
      if (key !== 'version') kept += 1;
      continue;
    }
    leave(walk, pair, `${key}:`, LEFT[key] ?? 'Tickmark reads nothing of this name');
  }
  findOldBooleans(top, (node, value) => {
    walk.splices.replace(node, String(value));
    const what = `${String(node.value)} is ${value} in dbt's YAML, and is written so now`;
    changed.push({ file, line: walk.lineOf(node), what, next: '' });
  });
  for (const source of entries(top, 'sources')) convertSource(source, walk);
  for (const kind of ['models', 'seeds', 'snapshots']) {
    for (const entry of entries(top, kind)) convertEntry(entry, walk);
  }
  // Last: it takes lines along with what was changed in them.
  moveSeeds(top, walk);
  return { text: kept === 0 ? undefined : walk.splices.result(), changed, notBrought };
}

export interface Walk {
  readonly file: string;
  readonly context: PropertiesContext;
  readonly splices: YamlSplices;
  readonly lineOf: (node: Node | null | undefined) => number | undefined;
  readonly changed: Remark[];
  readonly notBrought: Remark[];
}

function convertSource(source: YAMLMap, walk: Walk): void {
  const { splices, changed, file, lineOf } = walk;
  const named = pairOf(source, 'name');
  if (named === undefined) return;
  const name = String(source.get('name'));
  if (pairOf(source, 'connection') === undefined) {
    splices.addAfter(named, 'connection: warehouse');
    const what = `source ${name}: \`connection: warehouse\` was added, so that it is read where it stands`;
    changed.push({ file, line: lineOf(named.key), what, next: '' });
  }
  const database = pairOf(source, 'database');
  if (database !== undefined) {
    leave(
      walk,
      database,
      `database: of source ${name}`,
      'one warehouse is one database of Postgres; it must be that of DATABASE_URL',
    );
  }
  const overrides = pairOf(source, 'overrides');
  if (overrides !== undefined) leave(walk, overrides, `overrides: of source ${name}`, 'change the package itself');
  placeSource(source, name, walk);
  for (const table of items(pairOf(source, 'tables')?.value)) {
    const external = pairOf(table, 'external');
    if (external !== undefined) {
      leave(
        walk,
        external,
        `external: of ${name}.${String(table.get('name'))}`,
        'the table must stand in the warehouse, or be read by a connection in tickmark.yml',
      );
    }
    fill(pairOf(table, 'identifier'), `identifier of ${name}.${String(table.get('name'))}`, walk);
  }
}

/** A source that dbt's own seeds make is where Tickmark puts seeds. */
function placeSource(source: YAMLMap, name: string, walk: Walk): void {
  const { seeds, seedSchemas, vertical } = walk.context;
  const tables = items(pairOf(source, 'tables')?.value).map((table) =>
    String(table.get('identifier') ?? table.get('name')),
  );
  const schema = pairOf(source, 'schema');
  const written: unknown = source.get('schema');
  const stands = typeof written === 'string' ? (fillTemplate(written, walk.context) ?? written) : name;
  if (tables.length > 0 && tables.every((table) => seeds.has(table)) && seedSchemas.has(stands)) {
    if (schema?.value) walk.splices.replace(schema.value, vertical);
    else walk.splices.addAfter(pairOf(source, 'name') as Pair<Node, Node | null>, `schema: ${vertical}`);
    walk.changed.push({
      file: walk.file,
      line: walk.lineOf(schema?.key ?? source),
      what: `source ${name} is made of seeds, which stand in the schema ${vertical}`,
      next: 'run `tickmark seed` before the first `tickmark build`; or write ref() instead of source() and leave the source out',
    });
    return;
  }
  fill(schema, `schema of source ${name}`, walk);
}

/** A template in a value that Tickmark reads as a plain text is filled in once, here. */
function fill(pair: Pair<Node, Node | null> | undefined, of: string, walk: Walk): void {
  if (!pair || !isScalar(pair.value) || typeof pair.value.value !== 'string') return;
  const written = pair.value.value;
  if (!/\{[{%]/.test(written)) return;
  const filled = fillTemplate(written, walk.context);
  const place = { file: walk.file, line: walk.lineOf(pair.key) };
  if (filled === undefined || filled === '') {
    walk.notBrought.push({ ...place, what: `the ${of} is a template: ${written}`, next: 'write what it stands for' });
    return;
  }
  walk.splices.replace(pair.value, JSON.stringify(filled));
  walk.changed.push({ ...place, what: `the ${of} was a template and is now '${filled}'`, next: '' });
}

function convertEntry(entry: YAMLMap, walk: Walk): void {
  const name = String(entry.get('name'));
  for (const key of SEMANTIC_OF_MODEL) {
    const pair = pairOf(entry, key);
    if (pair !== undefined) leave(walk, pair, `${key}: of ${name}`, SEMANTIC);
  }
  for (const key of ['versions', 'latest_version']) {
    const pair = pairOf(entry, key);
    if (pair === undefined) continue;
    leave(walk, pair, `${key}: of ${name}`, 'give each version a name of its own; ref() takes no version');
  }
  const config = pairOf(entry, 'config')?.value;
  if (isMap(config)) convertOptions(config, name, walk);
  for (const column of items(pairOf(entry, 'columns')?.value)) {
    for (const key of SEMANTIC_OF_COLUMN) {
      const pair = pairOf(column, key);
      if (pair !== undefined) leave(walk, pair, `${key}: of ${name}.${String(column.get('name'))}`, SEMANTIC);
    }
  }
}

function convertOptions(config: YAMLMap, name: string, walk: Walk): void {
  for (const pair of pairsOf(config)) {
    const key = keyOf(pair);
    if (isOption(key)) continue;
    leave(walk, pair, `config ${key}: of ${name}`, 'Tickmark has no such option; put it under meta: to keep it');
  }
}

/** A key with nothing behind it; dbt takes it for an empty list or block. */
export function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

/** Whether Tickmark reads an option of a model, in either spelling. */
export function isOption(key: string): boolean {
  return Object.hasOwn(ModelOptions.shape, key.replace(/^\+/, '').replaceAll('-', '_'));
}

function leave(walk: Walk, pair: Pair<Node, Node | null>, what: string, next: string): void {
  walk.splices.remove(pair);
  walk.notBrought.push({ file: walk.file, line: walk.lineOf(pair.key), what, next });
}

function entries(top: YAMLMap, key: string): readonly YAMLMap[] {
  return items(pairOf(top, key)?.value);
}

function items(node: Node | null | undefined): readonly YAMLMap[] {
  return isSeq(node) ? node.items.filter((item): item is YAMLMap => isMap(item)) : [];
}

export function pairsOf(map: YAMLMap): readonly Pair<Node, Node | null>[] {
  return map.items.filter((pair) => isScalar(pair.key)) as Pair<Node, Node | null>[];
}

export function keyOf(pair: Pair<Node, Node | null>): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}
