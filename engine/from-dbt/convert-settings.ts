import { isMap, isScalar } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { Materialization } from '../contracts/model-config.ts';
import type { Remark } from './conversion.ts';
import { isNothing, isOption, keyOf, pairsOf } from './convert-properties.ts';
import type { DbtProject } from './dbt-project.ts';
import { findOldBooleans } from './old-booleans.ts';
import { renamedFolder } from './place-files.ts';
import { spliceYaml } from './splice-yaml.ts';
import type { YamlSplices } from './splice-yaml.ts';

export interface ConvertedSettings {
  /** The blocks of dbt_project.yml that tickmark.yml has too, their comments with them. */
  readonly text: string;
  readonly changed: readonly Remark[];
  readonly notBrought: readonly Remark[];
}

/** What dbt_project.yml has under the same name as tickmark.yml, besides vars. */
const RESOURCES = ['models', 'seeds', 'snapshots', 'sources', 'data_tests', 'unit_tests', 'exposures'];
const PLAIN = ['on_run_start', 'on_run_end', 'dispatch'];
/** Read elsewhere, or of no meaning once the files are brought over. */
const SILENT = [
  'name',
  'version',
  'config_version',
  'profile',
  'vars',
  'require_dbt_version',
  'model_paths',
  'source_paths',
  'seed_paths',
  'data_paths',
  'test_paths',
  'macro_paths',
  'snapshot_paths',
  'analysis_paths',
  'docs_paths',
  'asset_paths',
  'function_paths',
  'target_path',
  'log_path',
  'packages_install_path',
  'modules_path',
  'clean_targets',
  'dbt_cloud',
];
const LEFT: Readonly<Record<string, string>> = {
  query_comment: 'not needed: the ledger names the run of every statement',
  quoting: 'Tickmark quotes every name',
  flags: 'see `tickmark build --help` for what can be set',
  semantic_models: 'Tickmark has no semantic layer',
  metrics: 'Tickmark has no semantic layer',
  saved_queries: 'Tickmark has no semantic layer',
};

/** The blocks of dbt_project.yml as tickmark.yml has them. */
export function convertSettings(project: DbtProject, packages: readonly string[]): ConvertedSettings {
  const splices = spliceYaml(project.text);
  const walk: Walk = { project, packages, splices, changed: [], notBrought: [] };
  const blocks: string[] = [];
  const said = new Set<string>();
  for (const pair of pairsOf(project.top)) {
    const key = plain(keyOf(pair));
    const block = key === 'tests' ? 'data_tests' : key;
    if (RESOURCES.includes(block)) {
      if (isMap(pair.value)) {
        findOldBooleans(pair.value, (node, value) => splices.replace(node, String(value)));
        convertFirstLevel(pair.value, block, walk);
        said.add(block);
        const body = `${dbtDefault(pair.value, block)}${cut(pair, project.text, splices)}`;
        if (/^\s*[^\s#]/m.test(body)) blocks.push(`${block}:${body}`);
      }
    } else if (PLAIN.includes(key)) {
      if (!isNothing(pair.value)) blocks.push(`${key}:${cut(pair, project.text, splices)}`);
    } else if (!SILENT.includes(key)) {
      remark(walk, pair.key, `${keyOf(pair)}:`, LEFT[key] ?? 'tickmark.yml has nothing of this name');
    }
  }
  for (const [block, option] of Object.entries(DBT_DEFAULTS)) {
    if (!said.has(block)) blocks.push(`${block}:\n  ${option}\n`);
  }
  return { text: blocks.join('\n'), changed: walk.changed, notBrought: walk.notBrought };
}

/** What dbt does where nothing is said and Tickmark does something else: a table outside of staging/, exact decimals, a run that is held. */
const DBT_DEFAULTS: Readonly<Partial<Record<string, string>>> = {
  models: '+materialized: view',
  seeds: '+decimals: double precision',
  data_tests: '+no_data: tell',
};

interface Walk {
  readonly project: DbtProject;
  readonly packages: readonly string[];
  readonly splices: YamlSplices;
  readonly changed: Remark[];
  readonly notBrought: Remark[];
}

function convertFirstLevel(map: YAMLMap, block: string, walk: Walk): void {
  for (const pair of pairsOf(map)) {
    const key = keyOf(pair);
    if (key === walk.project.name) {
      if (isMap(pair.value)) convertFolder(pair.value, block, walk, 0);
      else walk.splices.remove(pair);
    } else if (isNothing(pair.value)) {
      walk.splices.remove(pair);
    } else if (isMap(pair.value) && !key.startsWith('+') && !isOption(key)) {
      walk.splices.remove(pair);
      const next = walk.packages.includes(key)
        ? 'only the macros of a package are brought over'
        : `it applies to nothing in dbt either: the first level is the name of a project`;
      remark(walk, pair.key, `${block}: ${key}:`, next);
    } else {
      convertOption(pair, block, walk);
    }
  }
}

function convertFolder(map: YAMLMap, block: string, walk: Walk, depth: number): void {
  for (const pair of pairsOf(map)) {
    const key = keyOf(pair);
    if (isNothing(pair.value) && !key.startsWith('+') && !isOption(key)) {
      walk.splices.remove(pair);
      continue;
    }
    const isFolder = isMap(pair.value) && !key.startsWith('+') && !isOption(key);
    if (!isFolder) {
      convertOption(pair, block, walk);
      continue;
    }
    const renamed = depth === 0 && block === 'models' ? renamedFolder(key) : key;
    if (renamed !== key) walk.splices.replace(pair.key, renamed);
    convertFolder(pair.value as YAMLMap, block, walk, depth + 1);
  }
}

function convertOption(pair: Pair<Node, Node | null>, block: string, walk: Walk): void {
  const key = plain(keyOf(pair).replace(/^\+/, ''));
  const place = { file: walk.project.file, line: walk.project.lineOf(pair.key) };
  if (key === 'schema' || key === 'target_schema') {
    const what = `${block}: ${keyOf(pair)}: ${String(isScalar(pair.value) ? pair.value.value : '')}`;
    const next = "kept, and changes nothing: the relations stand in the vertical's own schema";
    walk.notBrought.push({ ...place, what, next });
  } else if (key === 'materialized' && isScalar(pair.value) && !Materialization.safeParse(pair.value.value).success) {
    convertMaterialized(pair.value, place, walk);
  } else if (['models', 'seeds', 'snapshots'].includes(block) && !isOption(key)) {
    walk.splices.remove(pair);
    walk.notBrought.push({ ...place, what: `${block}: ${keyOf(pair)}:`, next: 'Tickmark has no such option' });
  }
}

function convertMaterialized(
  value: Node & { readonly value: unknown },
  place: { file: string; line: number | undefined },
  walk: Walk,
): void {
  const written = String(value.value);
  if (/\{[{%]/.test(written)) return;
  walk.splices.replace(value, 'table');
  const what = `materialized: ${written} is now table`;
  walk.notBrought.push({ ...place, what, next: 'Tickmark has view, table, incremental and ephemeral' });
}

function dbtDefault(map: YAMLMap, block: string): string {
  const option = DBT_DEFAULTS[block];
  if (option === undefined || map.flow === true) return '';
  const name = option.slice(1, option.indexOf(':'));
  if (pairsOf(map).some((pair) => plain(keyOf(pair).replace(/^\+/, '')) === name)) return '';
  return `\n${' '.repeat(columnOf(map))}${option}`;
}

function columnOf(map: YAMLMap): number {
  const first = pairsOf(map)[0]?.key as (Node & { srcToken?: { indent?: number } }) | undefined;
  return first?.srcToken?.indent ?? 2;
}

/** The text behind a top-level key up to the next one, the splices done. */
function cut(pair: Pair<Node, Node | null>, text: string, splices: YamlSplices): string {
  const start = (pair.key.range?.[1] ?? 0) + 1;
  const end = pair.value?.range?.[1] ?? start;
  const whole = text.slice(0, end).trimEnd().length;
  const line = text.indexOf('\n', whole);
  return `${splices.result(start, line === -1 ? text.length : line).trimEnd()}\n`;
}

function remark(walk: Walk, node: Node, what: string, next: string): void {
  walk.notBrought.push({ file: walk.project.file, line: walk.project.lineOf(node), what, next });
}

function plain(key: string): string {
  return key.replaceAll('-', '_');
}
