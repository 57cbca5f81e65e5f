import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CONFIG_FILE, readConfig } from '../config/read-config.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { Project } from '../contracts/project.ts';
import { EngineError, formatPlace } from '../errors.ts';
import type { Place } from '../errors.ts';
import { blockOptions } from './config-blocks.ts';
import type { ContentFile, ContentKind } from './content-file.ts';
import { describeModels, refuseDescriptionsOfNothing } from './describe-models.ts';
import { findTests } from './find-tests.ts';
import { hashDefinition } from './hash-definition.ts';
import { loadControls } from './load-controls.ts';
import { loadExposures } from './load-exposures.ts';
import { loadGenericChecks } from './load-generic-checks.ts';
import { loadKris } from './load-kris.ts';
import { describeMacros, loadDocs, loadGroups, loadMacros } from './load-macros.ts';
import { findModels } from './load-models.ts';
import { loadSources } from './load-sources.ts';
import { loadSqlChecks } from './load-sql-checks.ts';
import { loadSurvivors } from './load-survivors.ts';
import { loadUnitTests } from './load-unit-tests.ts';
import { loadWaivers } from './load-waivers.ts';
import { withProperties } from './model-properties.ts';
import { readContent } from './read-content.ts';
import { readProperties } from './read-properties.ts';
import { refuseMisspeltFolders, refuseUnfitBlocks } from './refuse-unfit-blocks.ts';
import { relationsOf } from './relations.ts';
import { resolveDocs } from './resolve-docs.ts';
import { settleIds } from './settle-ids.ts';

/** Everything written in the project's folder, parsed and checked against itself; the first thing wrong is an error with file and line. Reads nothing but files, and changes nothing. */
export function loadProject(root: string): Project {
  const yaml = readConfig(root);
  const { value: config, place } = yaml;
  const verticals = Object.keys(config.verticals);
  const content = readContent(root, verticals);
  const missing = verticals.find(
    (vertical) => !content.some((file) => file.vertical === vertical && file.file.startsWith('sql/')),
  );
  if (missing !== undefined)
    refuse(`vertical '${missing}' has nothing in sql/${missing}/`, place(['verticals', missing]));

  refuseUnfitBlocks(yaml);
  const docs = loadDocs(content);
  const withDocs = resolveDocs(docs);
  const files = ofKind(content, 'properties')
    .map(readProperties)
    .filter((file) => file !== undefined);
  const { sources, disabled } = loadSources(files, config, withDocs);
  const descriptions = describeModels(files, withDocs);
  const found = findModels(content, descriptions);
  refuseDescriptionsOfNothing(descriptions, new Map(found.map(({ model }) => [model.name, model.resource])), files);
  refuseMisspeltFolders(yaml, content, { models: found, sources });
  const models = withProperties(found, descriptions, config);
  const relations = relationsOf(models, sources);
  const macros = loadMacros(content, config.name);
  const surroundings = {
    relations,
    tests: findTests(macros, config.name),
    options: ({ vertical, folders }: Pick<ContentFile, 'vertical' | 'folders'>, name: string) =>
      blockOptions(config.data_tests, [config.name, vertical], [...folders, name]),
  };
  const checks = settleIds([
    ...files.flatMap((file) =>
      loadGenericChecks({ ...file, tested: file.tested.filter(({ on }) => !disabled.has(on)) }, surroundings),
    ),
    ...loadSqlChecks(ofKind(content, 'bespoke'), files, surroundings),
  ]);
  refuseTwice(checks, describeTwice);
  const checkIds = new Set(checks.map((check) => check.id));
  const controls = ofKind(content, 'controls').flatMap((file) => loadControls(file, relations, checkIds));
  refuseTwice(controls, ({ id }, _, at) => `control '${id}' is declared twice, first at ${at}`);
  const kris = ofKind(content, 'kris').flatMap((file) => loadKris(file, relations));
  refuseTwice(kris, ({ id }, _, at) => `KRI '${id}' is declared twice, first at ${at}`);

  return {
    root: resolve(root),
    config,
    sources,
    models,
    macros,
    macroProperties: describeMacros(files, config.name, withDocs),
    groups: loadGroups(files),
    docs,
    exposures: loadExposures(files, relations, { config, resolveDocs: withDocs }),
    unitTests: loadUnitTests(files, { root, config, models, relations, fixtures: ofKind(content, 'fixture') }),
    checks,
    waivers: loadWaivers(ofKind(content, 'waivers'), checks),
    survivors: ofKind(content, 'survivors').flatMap((file) => loadSurvivors(file, relations)),
    controls,
    kris,
    hash: hashProject(root, content),
  };
}

function ofKind<K extends ContentKind>(content: readonly ContentFile[], ...kinds: K[]): (ContentFile & { kind: K })[] {
  return content.filter((file): file is ContentFile & { kind: K } => kinds.some((kind) => kind === file.kind));
}

interface Placed {
  readonly id: string;
  readonly file: string;
  readonly line: number;
}

function refuseTwice<T extends Placed>(
  definitions: readonly T[],
  describe: (twice: T, first: T, at: string) => string,
): void {
  const firsts = new Map<string, T>();
  for (const definition of definitions) {
    const first = firsts.get(definition.id);
    if (first) {
      const at = formatPlace({ file: first.file, line: first.line });
      refuse(describe(definition, first, at), { file: definition.file, line: definition.line });
    }
    firsts.set(definition.id, definition);
  }
}

function describeTwice(check: CheckDefinition, first: CheckDefinition, at: string): string {
  const named = check.settings.id !== undefined || first.settings.id !== undefined;
  if (named) return `check '${check.id}' is declared twice, first at ${at}`;
  return `two checks would be named '${check.id}'; give an id to this one or to the one at ${at}`;
}

function hashProject(root: string, content: readonly ContentFile[]): string {
  const config = { file: CONFIG_FILE, hash: hash('sha256', readFileSync(join(root, CONFIG_FILE))) };
  const files = [...content, config].map((each) => [each.file, each.hash] as const);
  return hashDefinition(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function refuse(message: string, place: Place): never {
  throw new EngineError('PROJECT_INVALID', message, { place });
}
