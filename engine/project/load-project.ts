import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CONFIG_FILE, readConfig } from '../config/read-config.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { Project } from '../contracts/project.ts';
import { EngineError, formatPlace } from '../errors.ts';
import type { Place } from '../errors.ts';
import { hashDefinition } from './hash-definition.ts';
import { loadBespokeCheck } from './load-bespoke-check.ts';
import { loadControls } from './load-controls.ts';
import { loadGenericChecks } from './load-generic-checks.ts';
import { loadKris } from './load-kris.ts';
import { loadModels } from './load-models.ts';
import { loadSources } from './load-sources.ts';
import { readContent } from './read-content.ts';
import type { ContentFile, ContentKind } from './read-content.ts';
import { relationsOf } from './relations.ts';

/** Everything written in the project's folder, parsed and checked against itself; the first thing wrong is an error with file and line. Reads nothing but files, and changes nothing. */
export function loadProject(root: string): Project {
  const { value: config, place } = readConfig(root);
  const verticals = Object.keys(config.verticals);
  const content = readContent(root, verticals);
  const missing = verticals.find(
    (vertical) => !content.some((file) => file.vertical === vertical && file.file.startsWith('sql/')),
  );
  if (missing !== undefined)
    refuse(`vertical '${missing}' has nothing in sql/${missing}/`, place(['verticals', missing]));

  const sources = loadSources(ofKind(content, 'sources'), config);
  const models = loadModels(ofKind(content, 'staging', 'marts', 'engagement'));
  const relations = relationsOf(models, sources);
  const checks = [
    ...ofKind(content, 'checks').flatMap((file) => loadGenericChecks(file, relations)),
    ...ofKind(content, 'bespoke').map((file) => loadBespokeCheck(file, relations)),
  ];
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
    macros: ofKind(content, 'macros').map(({ file, text }) => ({ file, template: text })),
    checks,
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
